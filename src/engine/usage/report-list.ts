import type { Scope } from '../../core/fact.ts'
import { ProvisoError } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { countUsage } from '../../store/statements/usage-counts.ts'
import {
  listReports,
  listRetryable,
  type ReportPlace,
} from '../../store/statements/usage-report-lists.ts'
import { lockReport, renewReport, type ReportRow } from '../../store/statements/usage-reports.ts'
import { checkChoice, checkQuery } from '../check-input.ts'
import { REPORT_STATUSES, type ReportEngine, type UsageReport } from './report-contract.ts'
import { foldCounts } from './report-counts.ts'
import { sentIdentifier } from './report-send.ts'

const LIMIT = 100
const MAX_LIMIT = 1000
const RETRYABLE = ['refused', 'dropped'] as const
/** A report that was sent anew is known to Stripe by its identifier and how often that happened. */
const GENERATION = /\.\d+$/

type Lists = Pick<
  ReportEngine,
  'usageReports' | 'retryUsageReports' | 'usageCounts' | 'usageTotals'
>

/** Reports as people look at them and send them again. */
export function createReportLists(options: {
  database: Database
  scopeOf: (scope?: Partial<Scope>) => Promise<Scope>
}): Lists {
  const { database, scopeOf } = options

  /** false: it was sent again, or is no more to be sent, meanwhile. */
  const retry = (key: Parameters<typeof lockReport>[1]): Promise<boolean> =>
    database.transaction(async (tx) => {
      const locked = await lockReport(tx, key)
      if (locked?.status !== 'refused' && locked?.status !== 'dropped') return false
      const generation = locked.first_sent_at === null ? locked.generation : locked.generation + 1
      await renewReport(tx, locked, { generation, seconds: 0, error: locked.last_error })
      return true
    })

  return {
    async usageReports(query = {}) {
      checkQuery(query, 'customer', 'after')
      const { status, customer, after, limit = LIMIT, ...scope } = query
      if (status !== undefined) checkChoice('status', status, REPORT_STATUSES)
      checkLimit(limit)
      const most = Math.min(Math.max(1, limit), MAX_LIMIT)
      const rows = await listReports(database, await scopeOf(scope), {
        status: status ?? null,
        customer: customer ?? null,
        after: after === undefined ? null : placeOf(after),
        // One more than is asked for tells whether there is a next page.
        limit: most + 1,
      })
      const reports = rows.slice(0, most)
      const last = rows.length > most ? reports.at(-1) : undefined
      return {
        reports: reports.map(shownReport),
        next: last === undefined ? null : `${last.at}-${last.identifier}`,
      }
    },
    async retryUsageReports(query = {}) {
      checkQuery(query, 'identifier')
      const { identifier, status = 'refused', ...partial } = query
      checkChoice('status', status, RETRYABLE)
      const scope = await scopeOf(partial)
      const named = identifier?.replace(GENERATION, '') ?? null
      if (
        named !== null &&
        (await lockReport(database, { ...scope, identifier: named })) === null
      ) {
        throw unknownReport(named)
      }
      const statuses = named === null ? [status] : RETRYABLE
      let count = 0
      for (const key of await listRetryable(database, scope, { identifier: named, statuses })) {
        if (await retry(key)) count += 1
      }
      return count
    },
    async usageCounts(scope) {
      return foldCounts(await countUsage(database, await scopeOf(scope)))
    },
    async usageTotals() {
      const rows = await countUsage(database, { account: null, livemode: null })
      const modes = [...new Set(rows.map(({ livemode }) => livemode))].sort()
      return modes.map((livemode) => ({
        livemode,
        ...foldCounts(rows.filter((row) => row.livemode === livemode)),
      }))
    },
  }
}

function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit)) return
  throw new ProvisoError(
    'invalid_request',
    `limit ${String(limit)} is no number of reports: use a whole number from 1 to ${MAX_LIMIT}.`,
    { details: { limit: String(limit) } },
  )
}

function placeOf(after: string): ReportPlace {
  const [, at, identifier] = /^(\d{1,15})-(.+)$/s.exec(after) ?? []
  if (at !== undefined && identifier !== undefined) return { at: Number(at), identifier }
  throw new ProvisoError(
    'invalid_request',
    `after ${after} is no place in the list: pass \`next\` of the page before as it is.`,
    { details: { after } },
  )
}

function unknownReport(identifier: string): ProvisoError {
  return new ProvisoError(
    'not_found',
    `There is no usage report ${identifier}: use an identifier that the list of reports has.`,
    { details: { identifier } },
  )
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
