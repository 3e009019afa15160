import { Command } from 'commander'
import { readEnvironment } from '../config/environment.ts'
import type { Environment } from '../config/environment.ts'
import { reportFailure } from './failure.ts'
import { createOutput } from './output.ts'
import type { Output } from './output.ts'

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean
  verbose?: boolean
}

export interface CommandContext {
  output: Output
  environment: Environment
}

/** A command with `--json`, `--verbose` and an example under its help. */
export function describeCommand(
  nameAndArguments: string,
  description: string,
  example: string,
): Command {
  return new Command(nameAndArguments)
    .description(description)
    .option('--json', 'print JSON for programs, one answer per line')
    .option('--verbose', 'print the stack of an error')
    .addHelpText('after', `\nExample:\n${example.replace(/^/gm, '  ')}`)
}

/** Runs one command; an error becomes one line and a non-zero exit. Answers of `act` are exit codes. */
export async function runCommand(
  options: CommonOptions,
  act: (context: CommandContext) => Promise<number | void>,
): Promise<void> {
  const environment = readEnvironment()
  const output = createOutput({
    ...(options.json === undefined ? {} : { json: options.json }),
    noColour: environment.NO_COLOR !== undefined,
  })
  try {
    process.exitCode = (await act({ output, environment })) ?? 0
  } catch (error) {
    reportFailure(error, options)
    process.exitCode = 1
  }
}
