import type { Queryable } from '../database.ts'
import type { ReportKey, ReportRow } from './usage-reports.ts'
import type { UsageIdentity } from './usage.ts'

export interface CancellableUsage extends UsageIdentity {
  step: number
  kind: string
  customer: string
  feature: string
  quantity: bigint
  at: bigint
  is_refused: boolean
  burned: unknown
  meter: string | null
  report: string | null
  /** Seconds since it was recorded, by the database's clock. */
  age: bigint
}

export const LOCK_CANCELLABLE = `
  select u.account, u.livemode, u.id, u.step, u.kind, u.customer, u.feature, u.quantity, u.at,
    u.is_refused, u.burned, u.meter, u.report,
    floor(extract(epoch from clock_timestamp() - u.recorded_at))::int8 as age
  from proviso.usage u
  where u.id = $1::text and u.account = $2::text and u.livemode = $3::boolean
  order by u.step
  for update of u`

/** All that is on record under an id. Who reports usage locks it as well, and its report after it. */
export async function lockCancellable(
  tx: Queryable,
  { id, account, livemode }: UsageIdentity,
): Promise<CancellableUsage[]> {
  return (await tx.query<CancellableUsage>(LOCK_CANCELLABLE, [id, account, livemode])).rows
}

export const INSERT_CANCEL = `
  insert into proviso.usage
    (account, livemode, ledger, id, step, kind, customer, feature, quantity, at, burned)
  select account, livemode, ledger, id, 2, 'cancel', customer, feature, quantity, $4::int8, burned
  from proviso.usage
  where id = $1::text and account = $2::text and livemode = $3::boolean and step = $5::int2`

export const UNBIND_USAGE = `
  update proviso.usage u set meter = null, report = null
  where u.id = $1::text and u.account = $2::text and u.livemode = $3::boolean and u.step = $4::int2`

/** The use stays on record, and is no part of any report any more. */
export async function cancelRow(tx: Queryable, row: CancellableUsage, now: number): Promise<void> {
  const key = [row.id, row.account, row.livemode]
  await tx.query(INSERT_CANCEL, [...key, now, row.step])
  await tx.query(UNBIND_USAGE, [...key, row.step])
}

export const RECOUNT_REPORT = `
  update proviso.usage_reports r
  set is_recounted = r.status in ('doubt', 'accepted', 'cancelling'),
    quantity = case when r.status in ('pending', 'waiting', 'refused', 'dropped')
      then r.quantity - $4::int8 else r.quantity end,
    status = case when r.status in ('pending', 'waiting', 'refused', 'dropped')
      and r.quantity = $4::int8 then 'cancelled' else r.status end,
    due_at = case
      when r.status = 'accepted' then clock_timestamp()
      when r.status in ('pending', 'waiting') and r.quantity = $4::int8 then null
      else r.due_at end
  where r.account = $1::text and r.livemode = $2::boolean and r.identifier = $3::text`

/** The report of a use that was taken back: what was sent is to be taken back at Stripe first. */
export async function recountReport(
  tx: Queryable,
  { account, livemode, identifier }: ReportKey,
  quantity: bigint,
): Promise<void> {
  await tx.query(RECOUNT_REPORT, [account, livemode, identifier, quantity])
}

export const BEGIN_CANCELLING = `
  update proviso.usage_reports r set status = 'cancelling'
  where r.account = $1::text and r.livemode = $2::boolean and r.identifier = $3::text
    and r.status = 'accepted' and r.is_recounted
    and not exists (
      select from proviso.usage_reports o
      where o.account = r.account and o.livemode = r.livemode
        and o.stripe_customer = r.stripe_customer and o.meter = r.meter
        and o.window_start = r.window_start and o.status in ('doubt', 'cancelling')
    )`

/**
 * false: another report of its hour is not confirmed yet, and what counts there must not change
 * meanwhile; where two begin at once, one fails with 23505.
 */
export async function beginCancelling(
  db: Queryable,
  { account, livemode, identifier }: ReportKey,
): Promise<boolean> {
  return (await db.query(BEGIN_CANCELLING, [account, livemode, identifier])).rowCount === 1
}

export const KEEP_CANCELLED = `
  update proviso.usage_reports r
  set status = 'accepted', is_recounted = false, due_at = null, error_code = $4::text,
    last_error = $5::text
  where r.account = $1::text and r.livemode = $2::boolean and r.identifier = $3::text
    and r.status = 'cancelling' and r.generation = $6::int4`

/** Stripe goes on counting what was taken back. */
export async function keepCancelled(
  db: Queryable,
  report: ReportRow,
  { code, message }: { code: string; message: string },
): Promise<void> {
  const { account, livemode, identifier, generation } = report
  await db.query(KEEP_CANCELLED, [account, livemode, identifier, code, message, generation])
}
