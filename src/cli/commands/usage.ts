import { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'
import { standingText, units, usageText } from '../usage-text.ts'
import { usageCountsCommand, usageReportsCommand, usageRetryCommand } from './usage-reports.ts'
import { usageReconcileCommand } from './usage-reconcile.ts'

interface UsageOptions extends CommonOptions, ClientFlags, ScopeOptions {}

export function usageCommand(): Command {
  return new Command('usage')
    .description('usage of a customer, what became of it at Stripe, and how to put it right')
    .addCommand(show(), { isDefault: true })
    .addCommand(cancel())
    .addCommand(usageReportsCommand())
    .addCommand(usageRetryCommand())
    .addCommand(usageReconcileCommand())
    .addCommand(usageCountsCommand())
    .addHelpText(
      'after',
      '\nEach has --json and --help; without one of these words it is "show".\n\nExample:\n  proviso usage ada api_calls\n  proviso usage reports --status refused\n  proviso usage reconcile --customer ada',
    )
}

/** The word itself may be left out, save for a customer who is called like one of the others. */
function show(): Command {
  const command = describeCommand(
    'show',
    'how much of a metered feature or of credits is used and left, and what gives it (the default)',
    'proviso usage ada api_calls\nproviso usage show ada credits --json',
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

function cancel(): Command {
  const command = describeCommand(
    'cancel',
    'take back a use that was recorded by mistake, within 24 hours; Stripe is told',
    'proviso usage cancel import-7',
  ).argument('<id>', 'id of the use, or of the reservation that was finalised')
  return withScopeOptions(withSourceOptions(command)).action((id: string, options: UsageOptions) =>
    runCommand(options, ({ output, environment }) =>
      withSource(options, environment, async (source) => {
        const answer = await source.cancelUsage({ id, ...scopeOf(options) })
        output.emit(answer)
        const { customer, feature, isNew, quantity, usage } = answer
        const word = isNew ? 'Taken back' : 'Taken back before'
        const what = `${units(quantity)} ${feature} of ${customer} (${id})`
        output.say(`${word}: ${what}; ${standingText(usage)}.`)
      }),
    ),
  )
}
