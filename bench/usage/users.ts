import { createEngine } from '../../src/engine/create-engine.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { CatalogDefinition } from '../../src/core/catalog.ts'
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
    const customer = userOf(0)
    await engine.grant({ customer, feature: 'calls', value: LIMIT, id: `grant_${customer}` })
    await engine.settled()
    await engine.track({ customer, feature: 'calls', id: 'first' })
    await engine.settled()
    await engine.close()
    for (const clone of CLONES) await database.query(clone, [customer, count - 1])
    await database.query('vacuum analyze proviso.customers, proviso.usage_ledgers')
  } finally {
    await database.close()
  }
  return { url, count }
}

const NAMES = `
  select 'user' || lpad(n::text, 7, '0') as name from generate_series(1, $2::int8) as n`

/** What usage reads of a customer, made by the server alone: a million of them in a minute or so. */
const CLONES = [
  `insert into proviso.customers
     (account, livemode, id, access, grants, rules, catalog, hold, decided_at, wake_at)
   select account, livemode, name, replace(access::text, $1, name)::jsonb,
     replace(grants::text, $1, name)::jsonb, rules, catalog, hold, decided_at, wake_at
   from proviso.customers, (${NAMES}) as names where id = $1::text`,
  `insert into proviso.usage_ledgers (account, livemode, customer, feature, ledger, alerts)
   select account, livemode, name, feature, replace(ledger::text, $1, name)::json, alerts
   from proviso.usage_ledgers, (${NAMES}) as names where customer = $1::text`,
]
