import type { Command } from 'commander'
import { openApiDocument } from '../../http/openapi.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'

export function openapiCommand(): Command {
  return describeCommand(
    'openapi',
    'print the OpenAPI 3.1 document of the HTTP face',
    'proviso openapi > openapi.json',
  ).action((options: CommonOptions) =>
    runCommand(options, async ({ output }) => {
      output.emit(openApiDocument())
      output.say(JSON.stringify(openApiDocument(), null, 2))
    }),
  )
}
