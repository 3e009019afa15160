import { createEngine } from '../../src/engine/create-engine.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { CatalogDefinition } from '../../src/core/catalog.ts'
import type { Queryable } from '../../src/store/database.ts'
import { cloneCustomers } from '../growth/clone-customers.ts'
import { createMigrated } from '../growth/populate.ts'
import type { BenchServer } from '../server.ts'

export const USAGE_CATALOG: CatalogDefinition = {
  features: { calls: { type: 'metered', meter: 'calls' } },
  products: { usage: { match: { prices: ['price_calls'] }, grants: { calls: { limit: 1000 } } } },
}

/** Nobody reaches it while the clock runs. */
const LIMIT = 1_000_000_000_000

export interface Users {
  url: string
  count: number
}

/** Of one length, so that no id is part of another. */
export function userOf(number: number): string {
  return `user${String(number).padStart(7, '0')}`
}

/** A database of customers who may use calls and have used one: one by our engine, the others copied. */
export async function createUsers(server: BenchServer, count: number): Promise<Users> {
  const url = await createMigrated(server, `users ${'x'.repeat(String(count).length)}`)
  const database = openPostgres(url)
  try {
    const engine = await createEngine({ database, catalog: USAGE_CATALOG, livemode: false })
    const prefix = userOf(0)
    await engine.grant({ customer: prefix, feature: 'calls', value: LIMIT, id: `grant_${prefix}` })
    await engine.settled()
    await engine.track({ customer: prefix, feature: 'calls', id: 'first' })
    await engine.close()
    const copies = Array.from({ length: count - 1 }, (_, index) => userOf(index + 1))
    await cloneCustomers(database, { prefix, copies })
    await cloneLedgers(database, prefix, copies)
  } finally {
    await database.close()
  }
  return { url, count }
}

async function cloneLedgers(db: Queryable, prefix: string, copies: string[]): Promise<void> {
  await db.query(
    `insert into proviso.usage_ledgers (account, livemode, customer, feature, ledger, alerts)
     select account, livemode, replace(customer, $1, p), feature,
       replace(ledger::text, $1, p)::json, alerts
     from proviso.usage_ledgers, unnest($2::text[]) as p where customer = $1`,
    [prefix, copies],
  )
  await db.query('vacuum analyze proviso.usage_ledgers')
}
