import { migrate } from '../../src/store/migrate.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { BenchServer } from '../server.ts'
import { buy, buyerPrefix, startOf } from '../workload/buyer.ts'
import { cloneCustomers } from './clone-customers.ts'
import type { GrowthPoint } from './growth-point.ts'
import { settleAccount } from './settle-customers.ts'

export interface Populated {
  url: string
  customers: number
  /** Unix seconds at which they bought. */
  start: number
}

/** A database with our schema and nothing in it. */
export async function createMigrated(server: BenchServer, name: string): Promise<string> {
  const url = await server.createDatabase(name)
  const database = openPostgres(url, { poolSize: 1 })
  try {
    await migrate(database)
  } finally {
    await database.close()
  }
  return url
}

/** A database in which customers have bought and renewed: one settled, the others copied from it. */
export async function populate(
  server: BenchServer,
  point: GrowthPoint,
  now: number,
): Promise<Populated> {
  const url = await createMigrated(server, point.name)
  const start = startOf(point.renewals, now)
  const database = openPostgres(url)
  try {
    const prefix = buyerPrefix(0)
    await settleAccount(database, buy(prefix, start, point.renewals).account)
    const copies = Array.from({ length: point.customers - 1 }, (_, index) => buyerPrefix(index + 1))
    await cloneCustomers(database, { prefix, copies })
  } finally {
    await database.close()
  }
  return { url, customers: point.customers, start }
}
