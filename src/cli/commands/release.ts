import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { withSource, withSourceOptions } from '../source.ts'

export function releaseCommand(): Command {
  const command = describeCommand(
    'release',
    'let losses of access through that the mass-loss breaker holds back',
    'proviso release --url http://127.0.0.1:4400',
  )
  return withSourceOptions(command).action((options: CommonOptions & ClientFlags) =>
    runCommand(options, ({ output, environment }) =>
      withSource(options, environment, async (source) => {
        const answer = await source.releaseBreaker()
        output.emit(answer)
        output.say(answer.released ? 'Released.' : 'Nothing is held back.')
      }),
    ),
  )
}
