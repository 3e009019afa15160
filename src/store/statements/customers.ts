import type { Queryable } from '../database.ts'
import { jsonText } from '../json-text.ts'

export interface CustomerKey {
  account: string
  livemode: boolean
  customer: string
}

export interface CustomerRow {
  account: string
  livemode: boolean
  id: string
  access: Record<string, unknown>
  grants: unknown[]
  needs: unknown[]
  alerts: unknown[]
  payment_method_on_file: boolean
  test_clocks: string[]
  rules: number
  catalog: string
  hold: unknown
  decided_at: bigint | null
  wake_at: bigint | null
}

const COLUMNS = `c.account, c.livemode, c.id, c.access, c.grants, c.needs, c.alerts,
    c.payment_method_on_file, c.test_clocks, c.rules, c.catalog, c.hold, c.decided_at, c.wake_at`

export const INSERT_CUSTOMERS = `
  insert into proviso.customers (account, livemode, id)
  select account, livemode, id
  from unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, id)
  on conflict on constraint customers_pkey do nothing`

export async function insertCustomers(tx: Queryable, keys: readonly CustomerKey[]): Promise<void> {
  await tx.query(INSERT_CUSTOMERS, keyColumns(keys))
}

export const LOCK_CUSTOMERS = `
  select ${COLUMNS}
  from proviso.customers c
  join unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, id)
    using (account, livemode, id)
  order by c.account collate "C", c.livemode, c.id collate "C"
  for update of c`

/** Locks in one order for all processes. */
export async function lockCustomers(
  tx: Queryable,
  keys: readonly CustomerKey[],
): Promise<CustomerRow[]> {
  return (await tx.query<CustomerRow>(LOCK_CUSTOMERS, keyColumns(keys))).rows
}

export const WRITE_CUSTOMERS = `
  update proviso.customers c set
    access = r.access, grants = r.grants, needs = r.needs, alerts = r.alerts,
    payment_method_on_file = r.payment_method_on_file,
    test_clocks = array(select jsonb_array_elements_text(r.test_clocks)),
    rules = r.rules, catalog = r.catalog, hold = r.hold,
    decided_at = r.decided_at, wake_at = r.wake_at
  from jsonb_to_recordset($1::jsonb) as r (
    account text, livemode boolean, id text, access jsonb, grants jsonb, needs jsonb, alerts jsonb,
    payment_method_on_file boolean, test_clocks jsonb, rules int4, catalog text, hold jsonb,
    decided_at int8, wake_at int8
  )
  where c.account = r.account and c.livemode = r.livemode and c.id = r.id`

/** One JSON document for all rows: a verdict is JSON anyway. */
export async function writeCustomers(tx: Queryable, rows: readonly object[]): Promise<void> {
  await tx.query(WRITE_CUSTOMERS, [jsonText(rows)])
}

// Two branches, not `id = … or id in (…)`: for an `or` over two tables PostgreSQL reads every customer.
export const FIND_CUSTOMERS = `
  select r.asked, ${COLUMNS},
    floor(extract(epoch from clock_timestamp()))::int8 as now,
    (select value from proviso.settings where name = 'hold') as current_hold,
    (select value from proviso.settings where name = 'heartbeat') as heartbeat
  from unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, asked)
  cross join lateral (
    select r.asked as id
    union
    select cr.customer from proviso.customer_roots cr
    where cr.account = r.account and cr.livemode = r.livemode and cr.root = r.asked
  ) as n
  join proviso.customers c
    on c.account = r.account and c.livemode = r.livemode and c.id = n.id`

export interface FoundCustomer extends CustomerRow {
  /** The id that found it. */
  asked: string
  /** Unix seconds by the database's clock. */
  now: bigint
  current_hold: unknown
  heartbeat: unknown
}

/** The customers of these ids, and those that Stripe customers of these ids belong to. */
export async function findCustomers(
  db: Queryable,
  keys: readonly CustomerKey[],
): Promise<FoundCustomer[]> {
  const { rows } = await db.query<FoundCustomer>(FIND_CUSTOMERS, [
    keys.map(({ account }) => account),
    keys.map(({ livemode }) => livemode),
    keys.map(({ customer }) => customer),
  ])
  return rows
}

export const DUE_CUSTOMERS = `
  select account, livemode, id as customer, wake_at
  from proviso.customers
  where wake_at <= $1::int8
  order by wake_at
  limit $2::int4`

export async function readDueCustomers(
  db: Queryable,
  now: number,
  limit: number,
): Promise<CustomerKey[]> {
  return (await db.query<CustomerKey>(DUE_CUSTOMERS, [now, limit])).rows
}

export const POSTPONE_WAKE = `
  update proviso.customers set wake_at = $4::int8
  where account = $1::text and livemode = $2::boolean and id = $3::text`

export async function postponeWake(db: Queryable, key: CustomerKey, until: number): Promise<void> {
  await db.query(POSTPONE_WAKE, [key.account, key.livemode, key.customer, until])
}

export const CUSTOMERS_ON_CLOCKS = `
  select account, livemode, id as customer
  from proviso.customers
  where account = $1::text and livemode = $2::boolean and test_clocks && $3::text[]`

/** Whoever has something on one of these test clocks. */
export async function readCustomersOnClocks(
  db: Queryable,
  account: string,
  livemode: boolean,
  clocks: readonly string[],
): Promise<CustomerKey[]> {
  return (await db.query<CustomerKey>(CUSTOMERS_ON_CLOCKS, [account, livemode, clocks])).rows
}

export const WAKE_OUTDATED = `
  update proviso.customers set wake_at = least(wake_at, $3::int8)
  where rules <> $1::int4 or catalog <> $2::text`

/** Verdicts of an earlier catalog or earlier rules are made anew by the next wakes. */
export async function wakeOutdated(
  db: Queryable,
  rules: number,
  catalog: string,
  now: number,
): Promise<number> {
  return (await db.query(WAKE_OUTDATED, [rules, catalog, now])).rowCount
}

export const WAKE_HELD = `
  update proviso.customers set wake_at = $1::int8 where hold is not null or wake_at <= $2::int8`

/** Whoever was decided under a hold is due now, and whoever is due until a second anyway. */
export async function wakeHeld(db: Queryable, now: number, dueUntil: number): Promise<number> {
  return (await db.query(WAKE_HELD, [now, dueUntil])).rowCount
}

export const COUNT_CUSTOMERS = `select count(*)::int8 as total from proviso.customers`

export async function countCustomers(db: Queryable): Promise<number> {
  return Number((await db.query<{ total: bigint }>(COUNT_CUSTOMERS, [])).rows[0]?.total ?? 0)
}

export const CUSTOMER_PAGE = `
  select ${COLUMNS} from proviso.customers c
  where (c.account, c.livemode, c.id) > ($1::text, $2::boolean, $3::text)
  order by c.account, c.livemode, c.id
  limit $4::int4`

export async function readCustomerPage(
  db: Queryable,
  after: CustomerKey,
  limit: number,
): Promise<CustomerRow[]> {
  const { account, livemode, customer } = after
  return (await db.query<CustomerRow>(CUSTOMER_PAGE, [account, livemode, customer, limit])).rows
}

function keyColumns(keys: readonly CustomerKey[]): unknown[] {
  return [
    keys.map(({ account }) => account),
    keys.map(({ livemode }) => livemode),
    keys.map(({ customer }) => customer),
  ]
}
