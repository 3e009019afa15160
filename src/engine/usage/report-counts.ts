import type { CountRow } from '../../store/statements/usage-counts.ts'
import type { UsageCounts } from './report-contract.ts'

/** Sums up what is on record of one mode. What was taken back is on record no more. */
export function foldCounts(rows: readonly CountRow[]): UsageCounts {
  const counts: UsageCounts = { recorded: 0, unreported: 0, reported: 0, reports: noReports() }
  for (const { name, count, units, sent } of rows) {
    if (name === 'unreported') counts.unreported += Number(units)
    else if (isStatus(counts, name)) {
      const { reports, units: before } = counts.reports[name]
      counts.reports[name] = { reports: reports + Number(count), units: before + Number(units) }
    }
    if (name !== 'cancelled') counts.recorded += Number(units)
    counts.reported += Number(sent)
  }
  return counts
}

function noReports(): UsageCounts['reports'] {
  const none = { reports: 0, units: 0 }
  return {
    ...{ pending: none, waiting: none, doubt: none, accepted: none },
    ...{ refused: none, dropped: none, cancelling: none, cancelled: none },
  }
}

function isStatus({ reports }: UsageCounts, name: string): name is keyof UsageCounts['reports'] {
  return Object.hasOwn(reports, name)
}
