import type { Queryable } from '../database.ts'
import { keyColumns, type LedgerKey } from './usage-ledgers.ts'

export interface TargetRow extends LedgerKey {
  /** Of the ledger; null: there is none yet. */
  id: bigint | null
  /** There is a verdict, whatever it says. */
  is_known: boolean
  /** The verdict names grants of any feature. */
  has_grants: boolean | null
  /** Of this feature, of a customer on a test clock; null: on none. */
  grants: unknown[] | null
}

export const READ_TARGETS = `
  select r.account, r.livemode, r.customer, r.feature, l.id,
    c.id is not null as is_known,
    c.grants <> '[]' as has_grants,
    case when c.test_clocks <> '{}' then jsonb_path_query_array(
      c.grants, '$[*] ? (@.feature == $name)', jsonb_build_object('name', r.feature)
    ) end as grants
  from unnest($1::text[], $2::boolean[], $3::text[], $4::text[])
    as r (account, livemode, customer, feature)
  left join proviso.usage_ledgers l using (account, livemode, customer, feature)
  left join proviso.customers c
    on c.account = r.account and c.livemode = r.livemode and c.id = r.customer`

/** Whom usage would be recorded for, and in which ledger. */
export async function readTargets(db: Queryable, keys: readonly LedgerKey[]): Promise<TargetRow[]> {
  return (await db.query<TargetRow>(READ_TARGETS, keyColumns(keys))).rows
}

export const OPEN_LEDGERS = `
  insert into proviso.usage_ledgers (account, livemode, customer, feature)
  select account, livemode, customer, feature
  from unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) with ordinality
    as r (account, livemode, customer, feature, place)
  order by place
  on conflict on constraint usage_ledgers_key do nothing`

/** Makes those that are missing. */
export async function openLedgers(db: Queryable, keys: readonly LedgerKey[]): Promise<void> {
  await db.query(OPEN_LEDGERS, keyColumns(keys))
}
