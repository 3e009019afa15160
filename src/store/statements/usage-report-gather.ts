import type { Queryable } from '../database.ts'
import { reportColumns, type ReportRow } from './usage-reports.ts'
import type { LedgerKey } from './usage-ledgers.ts'

/** Usage that no report carries yet. */
export interface UnreportedUsage extends LedgerKey {
  seq: bigint
  meter: string
  at: bigint
  quantity: bigint
  burned: unknown
}

export const PICK_UNREPORTED = `
  select u.seq, u.account, u.livemode, u.customer, u.feature, u.meter, u.at, u.quantity, u.burned
  from proviso.usage u
  where u.report is null and u.meter is not null and u.livemode = $1::boolean
    and u.recorded_at <= clock_timestamp() - make_interval(secs => $3::float8)
  order by u.seq
  limit $2::int4
  for update of u skip locked`

/** Locks what another process does not hold, the oldest first. */
export async function pickUnreported(
  tx: Queryable,
  pick: { livemode: boolean; limit: number; olderThanSeconds: number },
): Promise<UnreportedUsage[]> {
  const { livemode, limit, olderThanSeconds } = pick
  return (await tx.query<UnreportedUsage>(PICK_UNREPORTED, [livemode, limit, olderThanSeconds]))
    .rows
}

export interface SegmentKey extends LedgerKey {
  meter: string
  segment: number
}

export const LOCK_OPEN_REPORTS = `
  select ${reportColumns}
  from proviso.usage_reports r
  join unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::int8[])
    as k (account, livemode, customer, feature, meter, segment_start)
    using (account, livemode, customer, feature, meter, segment_start)
  where r.status in ('pending', 'waiting')
  order by r.identifier
  for update of r`

/** Reports that were not sent: they may still grow. */
export async function lockOpenReports(
  tx: Queryable,
  keys: readonly SegmentKey[],
): Promise<ReportRow[]> {
  const { rows } = await tx.query<ReportRow>(LOCK_OPEN_REPORTS, [
    keys.map(({ account }) => account),
    keys.map(({ livemode }) => livemode),
    keys.map(({ customer }) => customer),
    keys.map(({ feature }) => feature),
    keys.map(({ meter }) => meter),
    keys.map(({ segment }) => segment),
  ])
  return rows
}

export interface GatheredReport extends SegmentKey {
  identifier: string
  /** Unix seconds of its latest usage. */
  at: number
  /** What is added to it. */
  quantity: number
}

export const WRITE_GATHERED = `
  insert into proviso.usage_reports as r
    (account, livemode, customer, feature, meter, segment_start, identifier, at, window_start,
     quantity, status, due_at)
  select account, livemode, customer, feature, meter, segment_start, identifier, at,
    at / 3600 * 3600, quantity, 'pending', clock_timestamp()
  from unnest(
    $1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::text[],
    $8::int8[], $9::int8[]
  ) as g (account, livemode, customer, feature, meter, segment_start, identifier, at, quantity)
  on conflict on constraint usage_reports_pkey do update
  set quantity = r.quantity + excluded.quantity, at = greatest(r.at, excluded.at)`

/** Makes reports, or adds to those that are locked and were not sent. */
export async function writeGathered(
  tx: Queryable,
  reports: readonly GatheredReport[],
): Promise<void> {
  await tx.query(WRITE_GATHERED, [
    reports.map(({ account }) => account),
    reports.map(({ livemode }) => livemode),
    reports.map(({ customer }) => customer),
    reports.map(({ feature }) => feature),
    reports.map(({ meter }) => meter),
    reports.map(({ segment }) => segment),
    reports.map(({ identifier }) => identifier),
    reports.map(({ at }) => at),
    reports.map(({ quantity }) => quantity),
  ])
}

export const ASSIGN_REPORTS = `
  update proviso.usage u set report = r.report
  from unnest($1::int8[], $2::text[]) as r (seq, report)
  where u.seq = r.seq and u.livemode = $3::boolean and u.report is null and u.meter is not null`

/** By the same index that found them. */
export async function assignReports(
  tx: Queryable,
  livemode: boolean,
  rows: readonly { seq: bigint; report: string }[],
): Promise<void> {
  await tx.query(ASSIGN_REPORTS, [
    rows.map(({ seq }) => seq),
    rows.map(({ report }) => report),
    livemode,
  ])
}
