import { existsSync } from 'node:fs'
import { readCatalogFile } from '../config/catalog-file.ts'
import type { DatabaseSource } from '../config/client-config.ts'
import type { DatabaseTarget } from '../config/database-settings.ts'
import type { CatalogDefinition } from '../core/catalog.ts'
import { createEngine } from '../engine/create-engine.ts'
import type { Engine } from '../engine/engine.ts'
import { ProvisoError } from '../errors.ts'
import { migrate } from '../store/migrate.ts'
import { openStripeClient } from '../stripe/client.ts'
import { readDevHome } from './dev-home.ts'
import type { DevHome } from './dev-home.ts'
import { openTarget } from './open-target.ts'
import { sampleCatalog } from './sample/catalog.ts'

/** An engine that works only when asked: nothing runs in the background of a command. */
export async function openEngine(config: DatabaseSource): Promise<Engine> {
  assertDataExists(config.settings.target)
  const home = await readDevHome(config.settings.dataDirectory)
  const catalog = await catalogOf(config, home)
  const stripe = config.stripe === null ? null : await openStripeClient(config.stripe)
  const database = await openTarget(config.settings)
  try {
    await migrate(database)
    const { livemode } = config
    const engine = await createEngine({
      database,
      catalog,
      stripe,
      livemode,
      mode: 'command',
      ...nowOf(config, home),
    })
    return {
      ...engine,
      async close() {
        await engine.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** What `dev` served the folder with, unless another is named: access must not change by being read. */
async function catalogOf(config: DatabaseSource, home: DevHome | null): Promise<CatalogDefinition> {
  const file = config.catalogFile ?? home?.catalogFile ?? null
  return file === null ? sampleCatalog : readCatalogFile(file)
}

/** Where the sandbox's time was moved, its folder is read at that time. */
function nowOf(config: DatabaseSource, home: DevHome | null): { now?: () => number } {
  const ahead = config.settings.target.kind === 'embedded' ? (home?.ahead ?? 0) : 0
  return ahead === 0 ? {} : { now: () => Math.floor(Date.now() / 1000) + ahead }
}

/** Reading makes no database: a mistyped folder is told, not created. */
function assertDataExists(target: DatabaseTarget): void {
  if (target.kind === 'url' || existsSync(target.directory)) return
  throw new ProvisoError(
    'config_invalid',
    `There is no data in ${target.directory}: start "proviso dev" first, or name what to read with --url, --database or --data.`,
  )
}
