import { Option } from 'commander'
import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { REPORT_STATUSES } from '../../engine/usage/report-contract.ts'
import type { UsageReport } from '../../engine/usage/report-contract.ts'
import { ProvisoError } from '../../errors.ts'
import { positiveNumber } from '../option-values.ts'
import { countsText, reportText } from '../report-text.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'

interface ReportOptions extends CommonOptions, ClientFlags, ScopeOptions {}

interface ListOptions extends ReportOptions {
  status?: UsageReport['status']
  customer?: string
  after?: string
  limit?: number
}

interface RetryOptions extends ReportOptions {
  all?: boolean
  status?: 'refused' | 'dropped'
}

export function usageReportsCommand(): Command {
  const command = describeCommand(
    'reports',
    'what is told to Stripe’s meters, latest first',
    'proviso usage reports --status refused\nproviso usage reports --customer ada --limit 20 --json',
  )
    .addOption(new Option('--status <status>', 'only these').choices(REPORT_STATUSES))
    .option('--customer <id>', 'only of this customer (yours, or cus_…)')
    .option('--limit <n>', 'how many at most, up to 1000 (default 100)', positiveNumber)
    .option('--after <next>', '`next` of the page before')
  return withScopeOptions(withSourceOptions(command)).action((options: ListOptions) =>
    runCommand(options, ({ output, environment }) =>
      withSource(options, environment, async (source) => {
        const { status, customer, after, limit } = options
        const page = await source.usageReports({
          ...(status === undefined ? {} : { status }),
          ...(customer === undefined ? {} : { customer }),
          ...(after === undefined ? {} : { after }),
          ...(limit === undefined ? {} : { limit }),
          ...scopeOf(options),
        })
        output.emit(page)
        if (page.reports.length === 0) output.say('There are none.')
        for (const report of page.reports) {
          for (const line of reportText(report, output.paint)) output.say(line)
        }
        if (page.next !== null) output.say(output.paint.dim(`More with --after ${page.next}`))
      }),
    ),
  )
}

export function usageRetryCommand(): Command {
  const command = describeCommand(
    'retry',
    'send refused or dropped reports to Stripe again, under another identifier',
    'proviso usage retry proviso_5d1f…\nproviso usage retry --all\nproviso usage retry --all --status dropped',
  )
    .argument('[identifier]', 'one report, as the list shows it')
    .option('--all', 'all of them, save what may count already (doubt_unsettled)')
    .addOption(
      new Option('--status <status>', 'with --all: which (default refused)').choices([
        'refused',
        'dropped',
      ]),
    )
  return withScopeOptions(withSourceOptions(command)).action(
    (identifier: string | undefined, options: RetryOptions) =>
      runCommand(options, ({ output, environment }) => {
        const { all = false, status } = options
        if ((identifier === undefined) !== all || (status !== undefined && !all)) {
          throw new ProvisoError(
            'invalid_request',
            'Name one report, or --all of a status: "proviso usage reports --status refused" lists them.',
          )
        }
        return withSource(options, environment, async (source) => {
          const retried = await source.retryUsageReports({
            ...(identifier === undefined ? {} : { identifier }),
            ...(status === undefined ? {} : { status }),
            ...scopeOf(options),
          })
          output.emit({ retried })
          output.say(`${retried} sent again by the service.`)
        })
      }),
  )
}

export function usageCountsCommand(): Command {
  const command = describeCommand(
    'counts',
    'how many units were recorded, reported, accepted and refused',
    'proviso usage counts --json',
  )
  return withScopeOptions(withSourceOptions(command)).action((options: ReportOptions) =>
    runCommand(options, ({ output, environment }) =>
      withSource(options, environment, async (source) => {
        const counts = await source.usageCounts(scopeOf(options))
        output.emit(counts)
        for (const line of countsText(counts, output.paint)) output.say(line)
      }),
    ),
  )
}
