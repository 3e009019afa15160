import type { Queryable } from '../database.ts'
import type { LedgerKey } from './usage-ledgers.ts'

export const READ_SPENDS = `
  select id, at, kind, burned
  from proviso.usage
  where account = $1::text and livemode = $2::boolean and customer = $3::text
    and feature = $4::text and kind in ('track', 'consume', 'finalise', 'cancel') and burned is not null
  order by at desc, seq desc
  limit $5::int4`

export interface SpendRow {
  id: string
  at: bigint
  kind: string
  burned: unknown
}

/** What was last taken from a customer's allowances, latest first. */
export async function readSpends(
  db: Queryable,
  { account, livemode, customer, feature }: LedgerKey,
  limit: number,
): Promise<SpendRow[]> {
  const { rows } = await db.query<SpendRow>(READ_SPENDS, [
    account,
    livemode,
    customer,
    feature,
    limit,
  ])
  return rows
}
