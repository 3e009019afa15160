import type { Scope } from '../../core/fact.ts'
import type { Database } from '../../store/database.ts'
import {
  countUsage,
  listReports,
  listRetryable,
} from '../../store/statements/usage-report-lists.ts'
import { lockReport, renewReport, type ReportRow } from '../../store/statements/usage-reports.ts'
import type { ReportEngine, UsageCounts, UsageReport } from './report-contract.ts'
import { sentIdentifier } from './report-send.ts'

const LIMIT = 100

/** Reports as people look at them and send them again. */
export function createReportLists(options: {
  database: Database
  scopeOf: (scope?: Partial<Scope>) => Promise<Scope>
}): Pick<ReportEngine, 'usageReports' | 'retryUsageReports' | 'usageCounts'> {
  const { database, scopeOf } = options
  return {
    async usageReports({ status, customer, limit = LIMIT, ...scope } = {}) {
      const query = { status: status ?? null, customer: customer ?? null, limit }
      return (await listReports(database, await scopeOf(scope), query)).map(shownReport)
    },
    async retryUsageReports({ identifier, ...scope } = {}) {
      const retryable = await listRetryable(database, await scopeOf(scope), identifier ?? null)
      let count = 0
      for (const key of retryable) {
        const isRenewed = await database.transaction(async (tx) => {
          const locked = await lockReport(tx, key)
          if (locked?.status !== 'refused' && locked?.status !== 'dropped') return false
          const generation =
            locked.first_sent_at === null ? locked.generation : locked.generation + 1
          await renewReport(tx, locked, { generation, seconds: 0, error: locked.last_error })
          return true
        })
        if (isRenewed) count += 1
      }
      return count
    },
    async usageCounts(scope) {
      const counts: UsageCounts = { recorded: 0, unreported: 0, reports: noReports() }
      for (const { name, count, units } of await countUsage(database, await scopeOf(scope))) {
        if (name === 'unreported') counts.unreported = Number(units)
        else if (isStatus(counts, name)) {
          counts.reports[name] = { reports: Number(count), units: Number(units) }
        }
        if (name !== 'cancelled') counts.recorded += Number(units)
      }
      return counts
    },
  }
}

export function shownReport(report: ReportRow): UsageReport {
  const { identifier, customer, feature, meter, status, attempts, first_sent_at: sentAt } = report
  return {
    ...{ identifier, sentAs: sentIdentifier(report), customer, feature, meter },
    stripeCustomer: report.stripe_customer,
    quantity: Number(report.quantity),
    at: Number(report.at),
    ...{ status, attempts },
    firstSentAt: sentAt === null ? null : Number(sentAt),
    code: report.error_code,
    message: report.last_error,
  }
}

function noReports(): UsageCounts['reports'] {
  const none = { reports: 0, units: 0 }
  return {
    ...{ pending: none, waiting: none, doubt: none, accepted: none },
    ...{ refused: none, dropped: none, cancelling: none, cancelled: none },
  }
}

function isStatus({ reports }: UsageCounts, name: string): name is keyof UsageCounts['reports'] {
  return name in reports
}
