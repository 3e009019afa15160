import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { accessText, verdictText } from '../access-text.ts'
import { positiveNumber } from '../option-values.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'
import { standingText } from '../usage-text.ts'

interface AccessOptions extends CommonOptions, ClientFlags, ScopeOptions {
  quantity?: number
}

export function accessCommand(): Command {
  const command = describeCommand(
    'access',
    'what a customer may use, until when and why',
    'proviso access ada\nproviso access ada seats --quantity 5 --json',
  )
    .argument('<customer>', 'your customer id, or a Stripe customer id (cus_…)')
    .argument('[feature]', 'one feature of the catalog; exit 1 when it is not allowed')
    .option(
      '--quantity <n>',
      'how many are wanted: in all, or now of what is used up',
      positiveNumber,
    )
  return withScopeOptions(withSourceOptions(command)).action(
    (customer: string, feature: string | undefined, options: AccessOptions) =>
      runCommand(options, ({ output, environment }) =>
        withSource(options, environment, async (source) => {
          if (feature === undefined) {
            const access = await source.access(customer, scopeOf(options))
            output.emit(access)
            for (const line of accessText(access, output.paint)) output.say(line)
            return 0
          }
          const answer = await source.check({
            customer,
            feature,
            ...(options.quantity === undefined ? {} : { quantity: options.quantity }),
            ...scopeOf(options),
          })
          output.emit(answer)
          output.say(verdictText(feature, answer, output.paint))
          if (answer.usage !== undefined) output.say(`  ${standingText(answer.usage)}`)
          for (const reason of answer.reasons) output.say(`  ${reason.message}`)
          return answer.allowed ? 0 : 1
        }),
      ),
  )
}
