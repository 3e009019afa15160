import type { FeatureAccess } from '../../core/decision.ts'
import type { Queryable } from '../database.ts'

export interface NewChange {
  account: string
  livemode: boolean
  customer: string
  feature: string
  before: FeatureAccess
  after: FeatureAccess
  cause: string
  observations: readonly string[]
  /** Unix seconds. */
  decidedAt: number
}

export interface ChangeRow {
  position: bigint
  account: string
  livemode: boolean
  customer: string
  feature: string
  before: FeatureAccess
  after: FeatureAccess
  cause: string
  observations: string[]
  decided_at: bigint
}

/** Columns of a change, of the table called `c`. */
export const CHANGE_COLUMNS = [
  'position',
  'account',
  'livemode',
  'customer',
  'feature',
  'before',
  'after',
  'cause',
  'observations',
  'decided_at',
].map((column) => `c.${column}`)

/**
 * The update locks the one row of `feed` until the transaction commits, so positions become visible
 * in their own order: whoever sees one sees all below it, now and for ever.
 */
export const APPEND_CHANGES = `
  with feed as (
    update proviso.feed
    set position = position + jsonb_array_length($1::jsonb)
    returning position, position - jsonb_array_length($1::jsonb) as base
  ), appended as (
    insert into proviso.changes (
      position, account, livemode, customer, feature, before, after, cause, observations, decided_at
    )
    select
      feed.base + r.n,
      r.change ->> 'account', (r.change ->> 'livemode')::boolean, r.change ->> 'customer',
      r.change ->> 'feature', r.change -> 'before', r.change -> 'after', r.change ->> 'cause',
      array(select jsonb_array_elements_text(r.change -> 'observations')),
      (r.change ->> 'decidedAt')::int8
    from feed, jsonb_array_elements($1::jsonb) with ordinality as r (change, n)
  )
  select position from feed`

/**
 * Appends in the order given and answers the last position. As late in a transaction as can be:
 * every other writer of changes waits for its end.
 */
export async function appendChanges(tx: Queryable, changes: readonly NewChange[]): Promise<bigint> {
  const { rows } = await tx.query<{ position: bigint }>(APPEND_CHANGES, [JSON.stringify(changes)])
  if (rows[0] === undefined) throw new Error('proviso.feed has lost its one row.')
  return rows[0].position
}

export const FEED_POSITION = `select position from proviso.feed`

/** Position of the newest change that is visible. */
export async function readFeedPosition(db: Queryable): Promise<bigint> {
  const { rows } = await db.query<{ position: bigint }>(FEED_POSITION, [])
  if (rows[0] === undefined) throw new Error('proviso.feed has lost its one row.')
  return rows[0].position
}

/** One statement, one snapshot: `head` tells how far this very reading has looked. */
export const CHANGES_AFTER = `
  select f.position as head, c.*
  from proviso.feed f
  left join lateral (
    select ${CHANGE_COLUMNS.join(', ')}
    from proviso.changes c
    where c.position > $1::int8 and ($2::text is null or c.customer = $2::text)
    order by c.position
    limit $3::int4
  ) c on true
  order by c.position`

export interface ChangesAfter {
  /** Position of the newest change that was visible to this reading. */
  head: bigint
  rows: ChangeRow[]
}

export async function readChangesAfter(
  db: Queryable,
  query: { after: number; customer: string | null; limit: number },
): Promise<ChangesAfter> {
  type Row = { head: bigint } & (ChangeRow | { position: null })
  const { rows } = await db.query<Row>(CHANGES_AFTER, [query.after, query.customer, query.limit])
  if (rows[0] === undefined) throw new Error('proviso.feed has lost its one row.')
  return { head: rows[0].head, rows: rows.filter((row) => row.position !== null) }
}
