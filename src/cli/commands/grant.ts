import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { ProvisoError } from '../../errors.ts'
import { untilText } from '../moment.ts'
import { instant } from '../option-values.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'

interface GrantOptions extends CommonOptions, ClientFlags, ScopeOptions {
  value?: string
  until?: number
  note?: string
  id?: string
}

export function grantCommand(): Command {
  const command = describeCommand(
    'grant',
    'grant a feature by hand; nothing that Stripe says erases it',
    'proviso grant ada seats --value 5 --until 2027-01-01T00:00:00Z --note "pilot"',
  )
    .argument('<customer>', 'your customer id')
    .argument('<feature>', 'a feature of the catalog')
    .option('--value <value>', 'true, a number, or unlimited')
    .option('--until <time>', 'when it ends; absent: never', instant)
    .option('--note <text>', 'who and why')
    .option('--id <id>', 'makes the command idempotent')
  return withScopeOptions(withSourceOptions(command)).action(
    (customer: string, feature: string, options: GrantOptions) =>
      runCommand(options, ({ output, environment }) => {
        const value = valueOf(options.value)
        return withSource(options, environment, async (source) => {
          const granted = await source.grant({
            customer,
            feature,
            ...(value === undefined ? {} : { value }),
            ...(options.until === undefined ? {} : { until: options.until }),
            ...(options.note === undefined ? {} : { note: options.note }),
            ...(options.id === undefined ? {} : { id: options.id }),
            ...scopeOf(options),
          })
          output.emit(granted)
          const until = untilText(options.until ?? null)
          output.say(`Granted ${feature} to ${customer}${until} (${granted.id}).`)
        })
      }),
  )
}

function valueOf(text: string | undefined): boolean | number | null | undefined {
  if (text === undefined) return undefined
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'unlimited') return null
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new ProvisoError(
    'invalid_request',
    `--value "${text}" is none of true, false, unlimited or a number.`,
  )
}
