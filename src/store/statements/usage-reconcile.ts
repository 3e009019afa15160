import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../database.ts'
import { reportColumns, type ReportRow } from './usage-reports.ts'

export const SHARING_CUSTOMERS = `
  select distinct r.customer
  from proviso.usage_reports r
  where r.account = $1::text and r.livemode = $2::boolean and r.stripe_customer in (
    select s.stripe_customer from proviso.usage_reports s
    where s.account = $1::text and s.livemode = $2::boolean
      and (s.customer = $3::text or s.stripe_customer = $3::text)
  )`

/** Customers who are billed through a Stripe customer of this one, whom either id may name. */
export async function readSharingCustomers(
  db: Queryable,
  { account, livemode }: Scope,
  customer: string,
): Promise<string[]> {
  const parameters = [account, livemode, customer]
  const { rows } = await db.query<{ customer: string }>(SHARING_CUSTOMERS, parameters)
  return rows.map((row) => row.customer)
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
    and ($3::text[] is null or r.customer = any ($3::text[]))
    and ($4::text is null or r.meter = $4::text)
    and r.at >= $5::int8 and r.at < $6::int8
  order by r.customer, r.meter, r.at, r.identifier`

export interface ReconcileRange extends Scope {
  /** null: all. */
  customers: readonly string[] | null
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
    and ($3::text[] is null or u.customer = any ($3::text[]))
    and ($4::text is null or u.meter = $4::text)
    and u.at >= $5::int8 and u.at < $6::int8
  order by u.customer, u.meter, u.seq`

/** Usage in the range that no report carries yet. */
export async function readUnreported(
  db: Queryable,
  range: ReconcileRange,
): Promise<UnreportedRow[]> {
  return (await db.query<UnreportedRow>(RECONCILE_UNREPORTED, rangeOf(range))).rows
}

function rangeOf({ account, livemode, customers, meter, from, to }: ReconcileRange): unknown[] {
  return [account, livemode, customers, meter, from, to]
}
