import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { instant } from '../option-values.ts'
import { reconciliationText } from '../report-text.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'

interface ReconcileOptions extends CommonOptions, ClientFlags, ScopeOptions {
  customer?: string
  meter?: string
  from?: number
  to?: number
}

export function usageReconcileCommand(): Command {
  const command = describeCommand(
    'reconcile',
    'compare what was recorded with what Stripe counts; exit 1 on any difference, and where Stripe cannot be asked',
    'proviso usage reconcile --customer ada\nproviso usage reconcile --from 2026-11-01 --to 2026-12-01 --json',
  )
    .option('--customer <id>', 'only of this customer (yours, or cus_…) and who shares its bill')
    .option('--meter <name>', 'only of the meter with this event name')
    .option('--from <time>', 'usage from then on (absent: 35 days before --to)', instant)
    .option('--to <time>', 'usage before then (absent: now)', instant)
  return withScopeOptions(withSourceOptions(command)).action((options: ReconcileOptions) =>
    runCommand(options, ({ output, environment }) =>
      withSource(options, environment, async (source) => {
        const { customer, meter, from, to } = options
        const lines = await source.reconcileUsage({
          ...(customer === undefined ? {} : { customer }),
          ...(meter === undefined ? {} : { meter }),
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          ...scopeOf(options),
        })
        const differing = lines.filter(({ isEven }) => !isEven)
        output.emit({ isEven: differing.length === 0, lines })
        for (const line of differing) {
          for (const text of reconciliationText(line, output.paint)) output.say(text)
        }
        const held = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'} of customer, meter and period`
        output.say(
          differing.length === 0
            ? `${output.paint.good('Even')}: ${held}.`
            : `${output.paint.bad(`${differing.length} differ`)} of ${held}.`,
        )
        return differing.length === 0 ? 0 : 1
      }),
    ),
  )
}
