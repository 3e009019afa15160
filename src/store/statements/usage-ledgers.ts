import type { Queryable } from '../database.ts'

export interface LedgerKey {
  account: string
  livemode: boolean
  customer: string
  feature: string
}

export const LOCK_LEDGERS = `
  insert into proviso.usage_ledgers (account, livemode, customer, feature)
  select account, livemode, customer, feature
  from unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) with ordinality
    as r (account, livemode, customer, feature, place)
  order by place
  on conflict on constraint usage_ledgers_key
    do update set customer = excluded.customer where false`

/**
 * Locks the rows, and makes those that are missing, in the order given: a conflicting row is locked
 * even where the update's condition leaves it as it is. What they hold is read by the next statement,
 * which sees what others committed while this one waited.
 */
export async function lockLedgers(tx: Queryable, keys: readonly LedgerKey[]): Promise<void> {
  await tx.query(LOCK_LEDGERS, keyColumns(keys))
}

/** Columns of a ledger beside the verdict it follows; `l` may have no row. */
const STANDING = `r.account, r.livemode, r.customer, r.feature, l.id, l.ledger, l.alerts, l.folded,
    exists (
      select from proviso.usage u where u.ledger = l.id and u.kind = 'track' and u.seq > l.folded
    ) as is_behind,
    c.id is not null as is_known,
    c.grants <> '[]' as has_grants,
    c.wake_at,
    jsonb_path_query_array(
      c.grants, '$[*] ? (@.feature == $name)', jsonb_build_object('name', r.feature)
    ) as grants,
    floor(extract(epoch from clock_timestamp()))::int8 as now`

export const READ_LEDGERS = `
  select ${STANDING}
  from unnest($1::text[], $2::boolean[], $3::text[], $4::text[])
    as r (account, livemode, customer, feature)
  left join proviso.usage_ledgers l using (account, livemode, customer, feature)
  left join proviso.customers c
    on c.account = r.account and c.livemode = r.livemode and c.id = r.customer`

export interface LedgerRow extends LedgerKey {
  /** null: nothing was ever asked for. */
  id: bigint | null
  /** null: nothing was ever used. */
  ledger: unknown
  alerts: unknown
  /** `usage.seq` of the last tracked usage it counts. */
  folded: bigint | null
  /** There is tracked usage that it does not count yet. */
  is_behind: boolean
  /** There is a verdict, whatever it says. */
  is_known: boolean
  /** The verdict names grants of any feature. */
  has_grants: boolean | null
  wake_at: bigint | null
  /** Of this feature; null: no verdict. */
  grants: unknown[] | null
  /** Unix seconds by the database's clock. */
  now: bigint
}

/** Ledgers as they are stored, each with the stored verdict's grants of its feature. */
export async function readLedgers(db: Queryable, keys: readonly LedgerKey[]): Promise<LedgerRow[]> {
  return (await db.query<LedgerRow>(READ_LEDGERS, keyColumns(keys))).rows
}

export const WRITE_LEDGERS = `
  update proviso.usage_ledgers l set ledger = r.ledger::json, alerts = r.alerts::json, folded = r.folded
  from unnest($1::int8[], $2::text[], $3::text[], $4::int8[]) as r (id, ledger, alerts, folded)
  where l.id = r.id`

export interface NewLedger {
  id: bigint
  ledger: string
  alerts: string
  folded: bigint
}

/** `ledger` and `alerts` are JSON texts. */
export async function writeLedgers(tx: Queryable, rows: readonly NewLedger[]): Promise<void> {
  await tx.query(WRITE_LEDGERS, [
    rows.map(({ id }) => id),
    rows.map(({ ledger }) => ledger),
    rows.map(({ alerts }) => alerts),
    rows.map(({ folded }) => folded),
  ])
}

/** Four arrays, for `unnest`. */
export function keyColumns(keys: readonly LedgerKey[]): unknown[] {
  return [
    keys.map(({ account }) => account),
    keys.map(({ livemode }) => livemode),
    keys.map(({ customer }) => customer),
    keys.map(({ feature }) => feature),
  ]
}
