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

export const FIND_CANCELLABLE = `
  select u.account, u.livemode, u.id, u.step, u.kind, u.customer, u.feature, u.quantity, u.at,
    u.is_refused, u.burned, u.meter, u.report,
    floor(extract(epoch from clock_timestamp() - u.recorded_at))::int8 as age
  from proviso.usage u
  where u.id = $1::text and u.account = $2::text and u.livemode = $3::boolean
  order by u.step`

/** All that is on record under an id. */
export async function findCancellable(
  tx: Queryable,
  { id, account, livemode }: UsageIdentity,
): Promise<CancellableUsage[]> {
  return (await tx.query<CancellableUsage>(FIND_CANCELLABLE, [id, account, livemode])).rows
}

export const UNBIND_USAGE = `
  update proviso.usage u set meter = null, report = null, burned = null
  where u.id = $1::text and u.account = $2::text and u.livemode = $3::boolean and u.step = $4::int2`

export const INSERT_CANCEL = `
  insert into proviso.usage
    (account, livemode, id, step, kind, customer, feature, quantity, at, burned)
  select account, livemode, id, 2, 'cancel', customer, feature, quantity, $4::int8, $5::json
  from proviso.usage
  where id = $1::text and account = $2::text and livemode = $3::boolean and step = $6::int2`

/** The use stays on record, bound to nothing any more; what it had burned stands with its cancellation. */
export async function cancelRow(tx: Queryable, row: CancellableUsage, now: number): Promise<void> {
  const key = [row.id, row.account, row.livemode]
  await tx.query(INSERT_CANCEL, [...key, now, JSON.stringify(row.burned ?? []), row.step])
  await tx.query(UNBIND_USAGE, [...key, row.step])
}

export const RECOUNT_REPORT = `
  update proviso.usage_reports r
  set is_recounted = r.status in ('doubt', 'accepted', 'cancelling'),
    quantity = case when r.status in ('pending', 'waiting', 'refused', 'dropped')
      then r.quantity - $4::int8 else r.quantity end,
    status = case
      when r.status = 'accepted' then 'cancelling'
      when r.status in ('pending', 'waiting', 'refused', 'dropped') and r.quantity = $4::int8
        then 'cancelled'
      else r.status end,
    due_at = case
      when r.status = 'accepted' then clock_timestamp()
      when r.status in ('pending', 'waiting', 'refused', 'dropped') and r.quantity = $4::int8
        then null
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
