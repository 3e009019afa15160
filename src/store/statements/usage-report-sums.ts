import type { Queryable } from '../database.ts'
import type { ReportRow } from './usage-reports.ts'

export const SUM_ACCEPTED = `
  select coalesce(sum(r.quantity), 0)::int8 as quantity
  from proviso.usage_reports r
  where r.account = $1::text and r.livemode = $2::boolean and r.stripe_customer = $3::text
    and r.meter = $4::text and r.window_start = $5::int8 and r.status = 'accepted'`

/** Units that are known to count for the hour of a report. */
export async function sumAccepted(db: Queryable, report: ReportRow): Promise<bigint> {
  const { account, livemode, stripe_customer, meter, window_start } = report
  const { rows } = await db.query<{ quantity: bigint }>(SUM_ACCEPTED, [
    account,
    livemode,
    stripe_customer,
    meter,
    window_start,
  ])
  return rows[0]?.quantity ?? 0n
}
