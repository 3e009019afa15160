import type { Queryable } from '../database.ts'
import type { CustomerKey } from './customers.ts'

export const OWNERS_OF_ALIASES = `
  select r.account, r.livemode, r.customer as alias, array_agg(cr.customer) as owners
  from unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, customer)
  join proviso.customer_roots cr
    on cr.account = r.account and cr.livemode = r.livemode and cr.root = r.customer
    and cr.customer <> r.customer
  group by r.account, r.livemode, r.customer`

export interface AliasOwners {
  account: string
  livemode: boolean
  alias: string
  owners: string[]
}

/** App customers that a Stripe customer of this id belongs to. */
export async function readOwnersOfAliases(
  db: Queryable,
  keys: readonly CustomerKey[],
): Promise<AliasOwners[]> {
  return (await db.query<AliasOwners>(OWNERS_OF_ALIASES, keyColumns(keys))).rows
}

export const HOLD_ACCESS = `
  select c.account, c.livemode, c.id as customer, c.access
  from proviso.customers c
  join unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, id)
    using (account, livemode, id)
  order by c.account collate "C", c.livemode, c.id collate "C"
  for share of c`

export interface HeldAccess extends CustomerKey {
  access: Record<string, unknown>
}

/**
 * Stored access that nobody changes before this transaction ends. In the order in which settling locks
 * customers, and after the ledgers, which settling never touches.
 */
export async function holdAccess(
  tx: Queryable,
  keys: readonly CustomerKey[],
): Promise<HeldAccess[]> {
  return (await tx.query<HeldAccess>(HOLD_ACCESS, keyColumns(keys))).rows
}

function keyColumns(keys: readonly CustomerKey[]): unknown[] {
  return [
    keys.map(({ account }) => account),
    keys.map(({ livemode }) => livemode),
    keys.map(({ customer }) => customer),
  ]
}
