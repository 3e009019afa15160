import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../database.ts'
import { reportColumns, type ReportKey, type ReportRow } from './usage-reports.ts'

export const LIST_REPORTS = `
  select ${reportColumns}
  from proviso.usage_reports r
  where r.account = $1::text and r.livemode = $2::boolean
    and ($3::text is null or r.status = $3::text)
    and ($4::text is null or r.customer = $4::text)
  order by r.at desc, r.identifier
  limit $5::int4`

export async function listReports(
  db: Queryable,
  { account, livemode }: Scope,
  query: { status: string | null; customer: string | null; limit: number },
): Promise<ReportRow[]> {
  const { status, customer, limit } = query
  const parameters = [account, livemode, status, customer, limit]
  return (await db.query<ReportRow>(LIST_REPORTS, parameters)).rows
}

export const LIST_RETRYABLE = `
  select r.account, r.livemode, r.identifier
  from proviso.usage_reports r
  where r.account = $1::text and r.livemode = $2::boolean
    and case when $3::text is null then r.status = 'refused'
      else r.identifier = $3::text and r.status in ('refused', 'dropped') end`

/** Those a person may send again: all that were refused, or a certain one. */
export async function listRetryable(
  db: Queryable,
  { account, livemode }: Scope,
  identifier: string | null,
): Promise<ReportKey[]> {
  return (await db.query<ReportKey>(LIST_RETRYABLE, [account, livemode, identifier])).rows
}

export interface ReconciledReport extends ReportRow {
  /** Units of the usage that names it. */
  recorded: bigint
}

export const RECONCILE_REPORTS = `
  select ${reportColumns}, (
      select coalesce(sum(u.quantity), 0)::int8 from proviso.usage u
      where u.report = r.identifier and u.account = r.account and u.livemode = r.livemode
    ) as recorded
  from proviso.usage_reports r
  where r.account = $1::text and r.livemode = $2::boolean
    and ($3::text is null or r.customer = $3::text) and ($4::text is null or r.meter = $4::text)
    and r.at >= $5::int8 and r.at < $6::int8
  order by r.customer, r.meter, r.at, r.identifier`

export interface ReconcileRange extends Scope {
  customer: string | null
  meter: string | null
  /** Unix seconds. */
  from: number
  /** Exclusive. */
  to: number
}

export async function readReconciledReports(
  db: Queryable,
  range: ReconcileRange,
): Promise<ReconciledReport[]> {
  return (await db.query<ReconciledReport>(RECONCILE_REPORTS, rangeOf(range))).rows
}

export interface UnreportedRow {
  id: string
  customer: string
  feature: string
  meter: string
  at: bigint
  quantity: bigint
}

export const RECONCILE_UNREPORTED = `
  select u.id, u.customer, u.feature, u.meter, u.at, u.quantity
  from proviso.usage u
  where u.report is null and u.meter is not null
    and u.account = $1::text and u.livemode = $2::boolean
    and ($3::text is null or u.customer = $3::text) and ($4::text is null or u.meter = $4::text)
    and u.at >= $5::int8 and u.at < $6::int8
  order by u.customer, u.meter, u.seq`

/** Usage in the range that no report carries yet. */
export async function readUnreported(
  db: Queryable,
  range: ReconcileRange,
): Promise<UnreportedRow[]> {
  return (await db.query<UnreportedRow>(RECONCILE_UNREPORTED, rangeOf(range))).rows
}

export interface CountRow {
  /** `recorded`, `unreported`, or the status of reports. */
  name: string
  count: bigint
  units: bigint
}

export const COUNT_USAGE = `
  select r.status as name, count(*) as count, sum(r.quantity)::int8 as units
  from proviso.usage_reports r
  where r.account = $1::text and r.livemode = $2::boolean
  group by r.status
  union all
  select 'unreported', count(*), coalesce(sum(u.quantity), 0)::int8
  from proviso.usage u
  where u.report is null and u.meter is not null
    and u.account = $1::text and u.livemode = $2::boolean`

export async function countUsage(db: Queryable, { account, livemode }: Scope): Promise<CountRow[]> {
  return (await db.query<CountRow>(COUNT_USAGE, [account, livemode])).rows
}

function rangeOf({ account, livemode, customer, meter, from, to }: ReconcileRange): unknown[] {
  return [account, livemode, customer, meter, from, to]
}
