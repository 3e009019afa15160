import type { Queryable } from '../database.ts'
import { jsonText } from '../json-text.ts'
import type { LedgerKey } from './usage-ledgers.ts'

export interface UnfoldedBatch {
  seq: bigint
  ledgers: bigint[]
  /** Recorded more than a day ago. */
  is_old: boolean
}

export interface PickQuery {
  /** `seq` of the last batch that is not asked for. */
  after: bigint
  olderThanSeconds: number
  limit: number
}

export const PICK_UNFOLDED = `
  select b.seq, b.ledgers, b.recorded_at < clock_timestamp() - interval '1 day' as is_old
  from proviso.usage_unfolded b
  where b.seq > $1::int8
    and b.recorded_at <= clock_timestamp() - make_interval(secs => $2::float8)
  order by b.seq
  limit $3::int4
  for update of b skip locked`

/** Locks what another process does not hold, the oldest first. */
export async function pickUnfolded(tx: Queryable, query: PickQuery): Promise<UnfoldedBatch[]> {
  const { after, limit, olderThanSeconds } = query
  return (await tx.query<UnfoldedBatch>(PICK_UNFOLDED, [after, olderThanSeconds, limit])).rows
}

export const FORGET_UNFOLDED = `
  delete from proviso.usage_unfolded b where b.seq = any ($1::int8[])`

export async function forgetUnfolded(tx: Queryable, seqs: readonly bigint[]): Promise<void> {
  await tx.query(FORGET_UNFOLDED, [seqs])
}

export const READ_BEHIND = `
  select l.id, l.account, l.livemode, l.customer, l.feature
  from proviso.usage_ledgers l
  where l.id = any ($1::int8[]) and exists (
    select from proviso.usage u where u.ledger = l.id and u.kind = 'track' and u.seq > l.folded
  )`

export interface BehindLedger extends LedgerKey {
  id: bigint
}

/** Those of the ledgers that do not count everything that was tracked. */
export async function readBehind(
  db: Queryable,
  ledgers: readonly bigint[],
): Promise<BehindLedger[]> {
  return (await db.query<BehindLedger>(READ_BEHIND, [ledgers])).rows
}

/** From where the uses of a ledger are asked for. */
export interface UnfoldedQuery {
  ledger: bigint
  /** `usage.seq` of the last that is counted. */
  folded: bigint
  /** Each use by itself; else those of one second are one sum. */
  isSingle: boolean
}

export interface UnfoldedRow {
  ledger: bigint
  /** Of the last of them. */
  seq: bigint
  /** null: of several. */
  id: string | null
  at: bigint
  quantity: bigint
}

export const READ_UNFOLDED = `
  select l.id as ledger, max(u.seq) as seq, u.at,
    least(sum(u.quantity), ${Number.MAX_SAFE_INTEGER})::int8 as quantity,
    case when l.is_single then min(u.id) end as id
  from unnest($1::int8[], $2::int8[], $3::boolean[]) as l (id, folded, is_single)
  join proviso.usage u on u.ledger = l.id and u.kind = 'track' and u.seq > l.folded
  group by l.id, l.is_single, u.at, case when l.is_single then u.seq end
  order by l.id, min(u.seq)`

/** What was tracked and is not counted yet, in the order it was recorded in. */
export async function readUnfolded(
  db: Queryable,
  queries: readonly UnfoldedQuery[],
): Promise<UnfoldedRow[]> {
  const { rows } = await db.query<UnfoldedRow>(READ_UNFOLDED, [
    queries.map(({ ledger }) => ledger),
    queries.map(({ folded }) => folded),
    queries.map(({ isSingle }) => isSingle),
  ])
  return rows
}

export const WRITE_BURNED = `
  update proviso.usage u set burned = r.burned::json, over = r.over
  from unnest($1::int8[], $2::int8[], $3::text[], $4::int8[]) as r (ledger, seq, burned, over)
  where u.ledger = r.ledger and u.seq = r.seq and u.kind = 'track'`

export interface BurnedRow {
  ledger: bigint
  seq: bigint
  burned: readonly object[]
  over: number
}

/** What uses that were folded took, where it is kept. */
export async function writeBurned(tx: Queryable, rows: readonly BurnedRow[]): Promise<void> {
  await tx.query(WRITE_BURNED, [
    rows.map(({ ledger }) => ledger),
    rows.map(({ seq }) => seq),
    rows.map(({ burned }) => jsonText(burned)),
    rows.map(({ over }) => over),
  ])
}
