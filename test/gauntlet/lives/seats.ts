import { migrate } from '../../../src/store/migrate.ts'
import { openPostgres } from '../../../src/store/postgres.ts'
import { openDatabases } from '../service/databases.ts'

/** Migrated databases on one server, for as long as a run lasts. */
export interface Seats {
  readonly urls: readonly string[]
  close(): Promise<void>
}

/** `url`: a server to use, by a role that may create databases; absent: an embedded one. */
export async function openSeats(count: number, url?: string): Promise<Seats> {
  const databases = await openDatabases(url)
  const urls: string[] = []
  for (let made = 0; made < count; made += 1) {
    const own = await databases.create()
    const database = openPostgres(own, { poolSize: 1 })
    await migrate(database)
    await database.close()
    urls.push(own)
  }
  return { urls, close: () => databases.close() }
}
