import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { changeText } from '../access-text.ts'
import { positiveNumber } from '../option-values.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { withSource, withSourceOptions } from '../source.ts'
import { ProvisoError } from '../../errors.ts'

interface DeadLettersOptions extends CommonOptions, ClientFlags {
  retry?: boolean
  position?: number
}

export function deadLettersCommand(): Command {
  const command = describeCommand(
    'dead-letters',
    'changes a consumer could not take after all its attempts; --retry puts them back in line',
    'proviso dead-letters\nproviso dead-letters mailer --retry',
  )
    .argument('[consumer]', 'name of one consumer')
    .option('--retry', 'put them back in line')
    .option('--position <n>', 'with --retry: only the change at this position', positiveNumber)
  return withSourceOptions(command).action(
    (consumer: string | undefined, options: DeadLettersOptions) =>
      runCommand(options, ({ output, environment }) => {
        if (options.retry === true && consumer === undefined) {
          throw new ProvisoError('invalid_request', 'Name the consumer whose changes to retry.')
        }
        return withSource(options, environment, async (source) => {
          if (options.retry === true && consumer !== undefined) {
            const retried = await source.retryDeadLetters(consumer, options.position)
            output.emit({ retried })
            return output.say(`${retried} put back in line.`)
          }
          const deadLetters = await source.deadLetters(consumer)
          output.emit({ deadLetters })
          if (deadLetters.length === 0) output.say('There are none.')
          for (const letter of deadLetters) {
            output.say(
              `${output.paint.bold(letter.consumer)} ${letter.change.position}  ${changeText(letter.change, output.paint)}`,
            )
            output.say(output.paint.dim(`  ${letter.attempts} attempts; last: ${letter.lastError}`))
          }
        })
      }),
  )
}
