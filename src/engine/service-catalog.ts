import type { Catalog } from '../core/compile-catalog.ts'
import { RULES_VERSION } from '../core/decide.ts'
import { ProvisoError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { wakeOutdated } from '../store/statements/customers.ts'
import { readSetting, writeSetting } from '../store/statements/settings.ts'

/** The catalog the service decides with; a command with another one would turn access back and forth. */
export function createServiceCatalog(database: Database, catalog: Catalog) {
  return {
    /** The service takes this catalog: who was decided with another is due at that second. */
    async adopt(at: number): Promise<void> {
      await writeSetting(database, 'catalog', catalog.fingerprint)
      await wakeOutdated(database, RULES_VERSION, catalog.fingerprint, at)
    },

    /** Refuses a command that stands beside a service with another catalog. */
    async require(): Promise<void> {
      const served = await readSetting(database, 'catalog')
      if (served === null || served === catalog.fingerprint) return
      throw new ProvisoError(
        'config_invalid',
        'The service last ran with another catalog: name the same one with --catalog, or start the service with this one first.',
        { details: { served, given: catalog.fingerprint } },
      )
    },
  }
}
