import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../database.ts'

export const LOCK_GRANT_IDS = `
  select pg_advisory_xact_lock(k.key)
  from (
    select distinct hashtextextended(
      'proviso act ' || '"proviso"' || $1::text || ' ' || $2::boolean::text || ' ' || r.id, 0
    ) as key
    from unnest($3::text[]) as r (id)
    order by key
  ) as k`

/** Whoever acts on one of these grants waits for the others; freed by the end of the transaction. */
export async function lockGrantIds(
  tx: Queryable,
  { account, livemode }: Scope,
  ids: readonly string[],
): Promise<void> {
  await tx.query(LOCK_GRANT_IDS, [account, livemode, ids])
}

export const FIND_ACTS = `
  select body
  from proviso.observations
  where id = any ($3::text[]) and account = $1::text and livemode = $2::boolean and kind = 'manual'
  order by seq`

/** Raw bodies of the acts on record under these observation ids, settled or not, oldest first. */
export async function findActs(
  db: Queryable,
  { account, livemode }: Scope,
  ids: readonly string[],
): Promise<Uint8Array[]> {
  const { rows } = await db.query<{ body: Uint8Array }>(FIND_ACTS, [account, livemode, ids])
  return rows.map(({ body }) => body)
}
