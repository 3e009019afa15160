import type { Queryable } from './database.ts'
import { readDurabilitySettings } from './statements/durability.ts'

export interface Durability {
  /** Whether "committed" means "on disk". */
  isDurable: boolean
  /** Why not: a sentence each, with what to change. */
  reasons: string[]
}

/**
 * Law 1 answers 200 only for what is durable, and the database may have been told not to be. Asks
 * for the settings our own connections get; says nothing of a disk that lies about its cache.
 */
export async function assertDurable(db: Queryable): Promise<Durability> {
  const settings = await readDurabilitySettings(db)
  const reasons: string[] = []
  if (/pglite/i.test(settings.version)) {
    reasons.push(
      'PGlite never calls fsync: what it acknowledges may be lost. Use it for tests and demos only, and PostgreSQL for anything else.',
    )
  }
  if (settings.fsync !== 'on') {
    reasons.push(
      `fsync is ${settings.fsync}: a power cut may lose or damage everything. Set fsync = on in postgresql.conf (services that replicate the log themselves, such as Neon, show it off and are safe).`,
    )
  }
  if (settings.synchronous_commit === 'off') {
    reasons.push(
      'synchronous_commit is off: a crash may lose events already answered with 200. Set it to on for this role (alter role … set synchronous_commit = on).',
    )
  }
  return { isDurable: reasons.length === 0, reasons }
}
