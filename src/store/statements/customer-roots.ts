import type { Queryable } from '../database.ts'
import type { CustomerKey } from './customers.ts'
import type { RootKey } from './facts.ts'

export interface CustomerRoot extends CustomerKey {
  root: string
}

export const ROOTS_OF_CUSTOMERS = `
  select cr.account, cr.livemode, cr.customer, cr.root
  from proviso.customer_roots cr
  join unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, customer)
    using (account, livemode, customer)`

export async function readRootsOfCustomers(
  db: Queryable,
  keys: readonly CustomerKey[],
): Promise<CustomerRoot[]> {
  return (
    await db.query<CustomerRoot>(ROOTS_OF_CUSTOMERS, [
      keys.map(({ account }) => account),
      keys.map(({ livemode }) => livemode),
      keys.map(({ customer }) => customer),
    ])
  ).rows
}

export const CUSTOMERS_OF_ROOTS = `
  select cr.account, cr.livemode, cr.customer, cr.root
  from proviso.customer_roots cr
  join unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, root)
    using (account, livemode, root)`

export async function readCustomersOfRoots(
  db: Queryable,
  keys: readonly RootKey[],
): Promise<CustomerRoot[]> {
  return (
    await db.query<CustomerRoot>(CUSTOMERS_OF_ROOTS, [
      keys.map(({ account }) => account),
      keys.map(({ livemode }) => livemode),
      keys.map(({ root }) => root),
    ])
  ).rows
}

export const ROOT_GROUPS = `
  select r.account, r.livemode, array_agg(r.root) as roots
  from (
    select account, livemode, customer, root from proviso.customer_roots
    union all
    select account, livemode, id, unnest(test_clocks) from proviso.customers
  ) as r (account, livemode, customer, root)
  group by r.account, r.livemode, r.customer
  having count(*) > 1`

export interface RootGroup {
  account: string
  livemode: boolean
  roots: string[]
}

/** Roots, test clocks among them, that the verdict on one customer rests on together. */
export async function readRootGroups(db: Queryable): Promise<RootGroup[]> {
  return (await db.query<RootGroup>(ROOT_GROUPS, [])).rows
}

export const ADD_CUSTOMER_ROOTS = `
  insert into proviso.customer_roots (account, livemode, customer, root)
  select account, livemode, customer, root
  from unnest($1::text[], $2::boolean[], $3::text[], $4::text[])
    as r (account, livemode, customer, root)
  on conflict on constraint customer_roots_pkey do nothing`

export async function addCustomerRoots(
  tx: Queryable,
  rows: readonly CustomerRoot[],
): Promise<void> {
  await tx.query(ADD_CUSTOMER_ROOTS, rootColumns(rows))
}

export const REMOVE_CUSTOMER_ROOTS = `
  delete from proviso.customer_roots cr
  using unnest($1::text[], $2::boolean[], $3::text[], $4::text[])
    as r (account, livemode, customer, root)
  where cr.account = r.account and cr.livemode = r.livemode
    and cr.customer = r.customer and cr.root = r.root`

export async function removeCustomerRoots(
  tx: Queryable,
  rows: readonly CustomerRoot[],
): Promise<void> {
  await tx.query(REMOVE_CUSTOMER_ROOTS, rootColumns(rows))
}

export async function deleteAllCustomerRoots(tx: Queryable): Promise<void> {
  await tx.query('delete from proviso.customer_roots')
}

function rootColumns(rows: readonly CustomerRoot[]): unknown[] {
  return [
    rows.map(({ account }) => account),
    rows.map(({ livemode }) => livemode),
    rows.map(({ customer }) => customer),
    rows.map(({ root }) => root),
  ]
}
