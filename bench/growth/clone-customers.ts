import type { Queryable } from '../../src/store/database.ts'

export interface CloneOptions {
  /** Part of every id of the customers to copy. */
  prefix: string
  /** Takes its place, once per copy. */
  copies: readonly string[]
}

const CLONES = [
  `insert into proviso.links (account, livemode, object, parent)
   select account, livemode, replace(object, $1, p), replace(parent, $1, p)
   from proviso.links, unnest($2::text[]) as p where object like '%' || $1 || '%'`,
  `insert into proviso.facts (account, livemode, key, type, object, snapshots, compacted)
   select account, livemode, replace(key, $1, p), type, replace(object, $1, p),
     replace(snapshots::text, $1, p)::json,
     string_to_array(replace(array_to_string(compacted, ','), $1, p), ',')
   from proviso.facts, unnest($2::text[]) as p where object like '%' || $1 || '%'`,
  `insert into proviso.customers (
     account, livemode, id, access, grants, needs, alerts, payment_method_on_file, test_clocks,
     rules, catalog, hold, decided_at, wake_at)
   select account, livemode, replace(id, $1, p), replace(access::text, $1, p)::jsonb,
     replace(grants::text, $1, p)::jsonb, needs, alerts, payment_method_on_file, test_clocks,
     rules, catalog, hold, decided_at, wake_at
   from proviso.customers, unnest($2::text[]) as p where id like '%' || $1 || '%'`,
  `insert into proviso.customer_roots (account, livemode, customer, root)
   select account, livemode, replace(customer, $1, p), replace(root, $1, p)
   from proviso.customer_roots, unnest($2::text[]) as p where customer like '%' || $1 || '%'`,
]

/**
 * Copies what is derived of settled customers under other ids: ten thousand of them in seconds. Their
 * raw observations are not copied; settling never reads those of the past.
 */
export async function cloneCustomers(db: Queryable, options: CloneOptions): Promise<void> {
  for (const clone of CLONES) await db.query(clone, [options.prefix, options.copies])
  await db.query(
    'vacuum analyze proviso.links, proviso.facts, proviso.customers, proviso.customer_roots',
  )
}
