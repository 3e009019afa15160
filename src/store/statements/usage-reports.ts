import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../database.ts'

export type ReportStatus =
  'pending' | 'waiting' | 'doubt' | 'accepted' | 'refused' | 'dropped' | 'cancelling' | 'cancelled'

export interface ReportKey extends Scope {
  identifier: string
}

/** Times are Unix seconds. */
export interface ReportRow extends ReportKey {
  generation: number
  customer: string
  stripe_customer: string | null
  feature: string
  meter: string
  window_start: bigint
  segment_start: bigint
  at: bigint
  quantity: bigint
  status: ReportStatus
  is_recounted: boolean
  attempts: number
  first_sent_at: bigint | null
  error_code: string | null
  last_error: string | null
}

export const reportColumns = `r.account, r.livemode, r.identifier, r.generation, r.customer,
    r.stripe_customer, r.feature, r.meter, r.window_start, r.segment_start, r.at, r.quantity,
    r.status, r.is_recounted, r.attempts, r.first_sent_at, r.error_code, r.last_error`

const IS_KEY = `r.account = $1::text and r.livemode = $2::boolean and r.identifier = $3::text`

const IN_SECONDS = (seconds: string) => `clock_timestamp() + make_interval(secs => ${seconds})`

export const CLAIM_REPORTS = `
  update proviso.usage_reports r
  set due_at = ${IN_SECONDS('$3::float8')}
  from (
    select account, livemode, identifier
    from proviso.usage_reports
    where due_at <= clock_timestamp() and livemode = $1::boolean
    order by due_at
    limit $2::int4
    for update skip locked
  ) d
  where r.account = d.account and r.livemode = d.livemode and r.identifier = d.identifier
  returning ${reportColumns}`

/** Takes due reports for as long as the lease lasts; after a crash they fall due again by themselves. */
export async function claimReports(
  db: Queryable,
  claim: { livemode: boolean; limit: number; leaseSeconds: number },
): Promise<ReportRow[]> {
  const { livemode, limit, leaseSeconds } = claim
  return (await db.query<ReportRow>(CLAIM_REPORTS, [livemode, limit, leaseSeconds])).rows
}

export const BEGIN_REPORT = `
  update proviso.usage_reports r
  set status = 'doubt', stripe_customer = $4::text, at = coalesce($5::int8, r.at),
    window_start = coalesce($5::int8, r.at) / 3600 * 3600,
    first_sent_at = $6::int8, attempts = 1, due_at = ${IN_SECONDS('$7::float8')}
  where ${IS_KEY} and r.status in ('pending', 'waiting') and not exists (
    select from proviso.usage_reports o
    where o.account = r.account and o.livemode = r.livemode and o.stripe_customer = $4::text
      and o.meter = r.meter and o.window_start = coalesce($5::int8, r.at) / 3600 * 3600
      and o.status in ('doubt', 'cancelling')
  )
  returning ${reportColumns}`

/**
 * From here on it may be with Stripe. null: another report of the same Stripe customer, meter and
 * hour is not confirmed yet; where two begin at once, one fails with 23505.
 */
export async function beginReport(
  db: Queryable,
  report: ReportKey,
  sending: { stripeCustomer: string; at: number | null; now: number; leaseSeconds: number },
): Promise<ReportRow | null> {
  const { stripeCustomer, at, now, leaseSeconds } = sending
  const { rows } = await db.query<ReportRow>(BEGIN_REPORT, [
    ...keyOf(report),
    ...[stripeCustomer, at, now, leaseSeconds],
  ])
  return rows[0] ?? null
}

export const REPEAT_REPORT = `
  update proviso.usage_reports r set attempts = r.attempts + 1, due_at = ${IN_SECONDS('$5::float8')}
  where ${IS_KEY} and r.status = 'doubt' and r.generation = $4::int4
  returning ${reportColumns}`

/** Sends it once more under the same identifier; null: it is settled meanwhile. */
export async function repeatReport(
  db: Queryable,
  report: ReportRow,
  leaseSeconds: number,
): Promise<ReportRow | null> {
  const { rows } = await db.query<ReportRow>(REPEAT_REPORT, [
    ...keyOf(report),
    ...[report.generation, leaseSeconds],
  ])
  return rows[0] ?? null
}

export const ACCEPT_REPORT = `
  update proviso.usage_reports r
  set status = 'accepted', due_at = case when r.is_recounted then clock_timestamp() end,
    error_code = null, last_error = null
  where ${IS_KEY} and r.status = 'doubt' and r.generation = $4::int4`

/** Stripe counts it. What was taken back meanwhile is cancelled there next. */
export async function acceptReport(db: Queryable, report: ReportRow): Promise<void> {
  await db.query(ACCEPT_REPORT, [...keyOf(report), report.generation])
}

export const POSTPONE_REPORT = `
  update proviso.usage_reports r
  set status = $5::text, due_at = ${IN_SECONDS('$6::float8')}, last_error = $7::text
  where ${IS_KEY} and r.status = $4::text and r.generation = $8::int4`

/** Looks at it again later, in the same state or, of one that was never sent, another. */
export async function postponeReport(
  db: Queryable,
  report: ReportRow,
  later: { seconds: number; error: string | null; status?: 'pending' | 'waiting' },
): Promise<void> {
  const { seconds, error, status = report.status } = later
  await db.query(POSTPONE_REPORT, [
    ...keyOf(report),
    ...[report.status, status, seconds, error, report.generation],
  ])
}

export const SETTLE_REPORT = `
  update proviso.usage_reports r
  set status = $4::text, due_at = null, error_code = $5::text, last_error = $6::text
  where ${IS_KEY} and r.status = $7::text and r.generation = $8::int4 and r.attempts = $9::int4`

/** A person is to look at it, or nothing more is to be done; not while it is sent again elsewhere. */
export async function settleReport(
  db: Queryable,
  report: ReportRow,
  settled: { status: 'accepted' | 'refused' | 'dropped'; code: string; message: string },
): Promise<void> {
  const { status, code, message } = settled
  await db.query(SETTLE_REPORT, [
    ...keyOf(report),
    ...[status, code, message, report.status, report.generation, report.attempts],
  ])
}

export const LOCK_REPORT = `
  select ${reportColumns} from proviso.usage_reports r where ${IS_KEY} for update of r`

export async function lockReport(tx: Queryable, report: ReportKey): Promise<ReportRow | null> {
  return (await tx.query<ReportRow>(LOCK_REPORT, keyOf(report))).rows[0] ?? null
}

export const RENEW_REPORT = `
  update proviso.usage_reports r
  set (quantity, status, due_at) = (
      select coalesce(sum(u.quantity), 0),
        case when coalesce(sum(u.quantity), 0) = 0 then 'cancelled' else 'pending' end,
        case when coalesce(sum(u.quantity), 0) = 0 then null else ${IN_SECONDS('$5::float8')} end
      from proviso.usage u
      where u.report = r.identifier and u.account = r.account and u.livemode = r.livemode
    ),
    generation = $4::int4, is_recounted = false, attempts = 0, first_sent_at = null,
    error_code = null, last_error = $6::text
  where ${IS_KEY}`

/**
 * To be sent from the start, as what its usage sums up to now; the row is locked already. A new
 * generation is another event to Stripe: only for what is known not to count there.
 */
export async function renewReport(
  tx: Queryable,
  report: ReportRow,
  { generation, seconds, error }: { generation: number; seconds: number; error: string | null },
): Promise<void> {
  await tx.query(RENEW_REPORT, [...keyOf(report), generation, seconds, error])
}

function keyOf({ account, livemode, identifier }: ReportKey): unknown[] {
  return [account, livemode, identifier]
}
