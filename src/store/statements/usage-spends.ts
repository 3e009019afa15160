import type { Queryable } from '../database.ts'

const columns = `u.id, u.at, u.kind, u.burned, u.seq`

/** Each half by its own index. */
export const READ_SPENDS = `
  select id, at, kind, burned from (
    (select ${columns} from proviso.usage u
      where u.ledger = $1::int8 and u.kind = 'track' and u.burned is not null
      order by u.seq desc limit $2::int4)
    union all
    (select ${columns} from proviso.usage u
      where u.ledger = $1::int8 and u.kind <> 'track' and u.burned is not null
        and u.kind in ('consume', 'finalise', 'cancel')
      order by u.seq desc limit $2::int4)
  ) as spends
  order by seq desc
  limit $2::int4`

export interface SpendRow {
  id: string
  at: bigint
  kind: string
  burned: unknown
}

/** What was last taken from a ledger's allowances, latest first. */
export async function readSpends(
  db: Queryable,
  ledger: bigint,
  limit: number,
): Promise<SpendRow[]> {
  return (await db.query<SpendRow>(READ_SPENDS, [ledger, limit])).rows
}
