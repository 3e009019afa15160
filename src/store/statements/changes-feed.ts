import type { FeatureAccess } from '../../core/decision.ts'
import type { Queryable } from '../database.ts'

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
