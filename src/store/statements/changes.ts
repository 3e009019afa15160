import type { Queryable } from '../database.ts'
import { jsonText } from '../json-text.ts'

export const TAKE_POSITIONS = `
  update proviso.feed set position = position + $1::int8 where is_only returning position`

/**
 * Hands out positions in one serial step: the row stays locked until the commit, so positions become
 * visible in order and no reader can pass one that commits late. Call it last in a transaction.
 */
export async function takePositions(tx: Queryable, count: number): Promise<number> {
  const { rows } = await tx.query<{ position: bigint }>(TAKE_POSITIONS, [count])
  return Number(rows[0]?.position ?? count) - count
}

export const READ_POSITION = `select position from proviso.feed`

/** Position of the last change handed out. */
export async function readPosition(db: Queryable): Promise<number> {
  return Number((await db.query<{ position: bigint }>(READ_POSITION, [])).rows[0]?.position ?? 0)
}

export const APPEND_CHANGES = `
  insert into proviso.changes
    (position, account, livemode, customer, feature, before, after, cause, observations, decided_at)
  select
    position, account, livemode, customer, feature, before, after, cause,
    array(select jsonb_array_elements_text(observations)), decided_at
  from jsonb_to_recordset($1::jsonb) as r (
    position int8, account text, livemode boolean, customer text, feature text,
    before jsonb, after jsonb, cause text, observations jsonb, decided_at int8
  )`

export async function appendChanges(tx: Queryable, changes: readonly object[]): Promise<void> {
  await tx.query(APPEND_CHANGES, [jsonText(changes)])
}

export const RECENT_LOSSES = `
  select count(distinct (account, livemode, customer))::int8 as losses
  from proviso.changes
  where committed_at > clock_timestamp() - make_interval(secs => $1::float8)
    and cause in ('clock', 'catalog')
    and (before ->> 'allowed')::boolean
    and not (after ->> 'allowed')::boolean
    and position > $2::int8`

/** App customers who lost a feature by the clock or the catalog in the last seconds. */
export async function countRecentLosses(
  db: Queryable,
  seconds: number,
  afterPosition: number,
): Promise<number> {
  const { rows } = await db.query<{ losses: bigint }>(RECENT_LOSSES, [seconds, afterPosition])
  return Number(rows[0]?.losses ?? 0)
}

export const CHANGE_CHAIN_PAGE = `
  select position, account, livemode, customer, feature, before, after
  from proviso.changes
  where position > $1::int8
  order by position
  limit $2::int4`

export interface ChainRow {
  position: bigint
  account: string
  livemode: boolean
  customer: string
  feature: string
  before: unknown
  after: unknown
}

export async function readChainPage(
  db: Queryable,
  after: bigint,
  limit: number,
): Promise<ChainRow[]> {
  return (await db.query<ChainRow>(CHANGE_CHAIN_PAGE, [after, limit])).rows
}
