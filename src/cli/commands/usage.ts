import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'
import { usageText } from '../usage-text.ts'

interface UsageOptions extends CommonOptions, ClientFlags, ScopeOptions {}

export function usageCommand(): Command {
  const command = describeCommand(
    'usage',
    'how much of a metered feature or of credits is used and left, and what gives it',
    'proviso usage ada api_calls\nproviso usage ada credits --json',
  )
    .argument('<customer>', 'your customer id, or a Stripe customer id (cus_…)')
    .argument('<feature>', 'a metered feature or credits of the catalog')
  return withScopeOptions(withSourceOptions(command)).action(
    (customer: string, feature: string, options: UsageOptions) =>
      runCommand(options, ({ output, environment }) =>
        withSource(options, environment, async (source) => {
          const usage = await source.usage(customer, feature, scopeOf(options))
          output.emit(usage)
          for (const line of usageText(usage, output.paint)) output.say(line)
        }),
      ),
  )
}
