import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../database.ts'
import { reportColumns, type ReportRow } from './usage-reports.ts'

export interface MeterErrorRow extends Scope {
  seq: bigint
  id: string
  body: Uint8Array
  /** No row with an earlier number can be committed any more. */
  is_settled: boolean
}

export const READ_METER_ERRORS = `
  select o.seq, o.id, o.account, o.livemode, o.body,
    o.received_at < clock_timestamp() - interval '60 seconds' as is_settled
  from proviso.observations o
  where o.type in ('v1.billing.meter.error_report_triggered', 'v1.billing.meter.no_meter_found')
    and o.seq > $1::int8 and o.livemode = $2::boolean
  order by o.seq
  limit $3::int4`

/** What Stripe said of meter events it took and could not count, oldest first. */
export async function readMeterErrors(
  db: Queryable,
  { after, livemode, limit }: { after: number; livemode: boolean; limit: number },
): Promise<MeterErrorRow[]> {
  return (await db.query<MeterErrorRow>(READ_METER_ERRORS, [after, livemode, limit])).rows
}

export const REFUSE_COUNTED = `
  update proviso.usage_reports r
  set status = 'refused', due_at = null,
    error_code = case when r.attempts > 1 then 'doubt_unsettled' else $5::text end,
    last_error = case when r.attempts > 1 then $7::text else $6::text end
  where r.account = $1::text and r.livemode = $2::boolean and r.identifier = $3::text
    and r.generation = $4::int4 and r.status in ('doubt', 'accepted')
  returning ${reportColumns}`

export interface RefusedEvent {
  identifier: string
  generation: number
  code: string
  message: string
  /** What is said instead where it was sent more than once, and another of these may count. */
  doubt: string
}

/** Stripe took it and does not count it. null: it is not ours, or was sent again since. */
export async function refuseCounted(
  db: Queryable,
  scope: Scope,
  refused: RefusedEvent,
): Promise<ReportRow | null> {
  const { rows } = await db.query<ReportRow>(REFUSE_COUNTED, [
    ...[scope.account, scope.livemode],
    ...[refused.identifier, refused.generation, refused.code, refused.message, refused.doubt],
  ])
  return rows[0] ?? null
}
