import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { readCatalogFile } from '../config/catalog-file.ts'
import { readClientConfig } from '../config/client-config.ts'
import type { ClientConfig, ClientFlags } from '../config/client-config.ts'
import type { DatabaseTarget } from '../config/database-settings.ts'
import type { Environment } from '../config/environment.ts'
import { createEngine } from '../engine/create-engine.ts'
import type { Engine } from '../engine/engine.ts'
import { ProvisoError } from '../errors.ts'
import { migrate } from '../store/migrate.ts'
import { openTarget } from './open-target.ts'
import { sampleCatalog } from './sample/catalog.ts'
import { createServiceClient } from './service-client.ts'
import { loadStripe } from './stripe-sdk.ts'

/** What commands ask: an engine over the database, or a service over HTTP. */
export type Source = Pick<
  Engine,
  | 'access'
  | 'check'
  | 'explain'
  | 'grant'
  | 'revoke'
  | 'changes'
  | 'waitForChanges'
  | 'deadLetters'
  | 'retryDeadLetters'
  | 'releaseBreaker'
  | 'close'
>

/** Adds the options that say where the data is. */
export function withSourceOptions(command: Command): Command {
  return withDatabaseOptions(
    command
      .option('--url <address>', 'ask a running service instead of the database (PROVISO_URL)')
      .option('--api-key <key>', 'its bearer key (PROVISO_API_KEY)'),
  )
}

export function withDatabaseOptions(command: Command): Command {
  return command
    .option('--database <url>', 'PostgreSQL to use (DATABASE_URL); absent: embedded in --data')
    .option(
      '--data <directory>',
      'folder of the embedded database (PROVISO_DATA, default .proviso)',
    )
    .option('--schema <name>', 'PostgreSQL schema of all tables (PROVISO_SCHEMA, default proviso)')
    .option('--catalog <file>', 'catalog as JSON, TypeScript or JavaScript (PROVISO_CATALOG)')
}

/** Opens what the flags name, runs `act` and closes it again, whatever happens. */
export async function withSource<T>(
  flags: ClientFlags,
  environment: Environment,
  act: (source: Source) => Promise<T>,
): Promise<T> {
  const config = readClientConfig(flags, environment)
  const source = config.kind === 'service' ? createServiceClient(config) : await openEngine(config)
  try {
    return await act(source)
  } finally {
    await source.close()
  }
}

/** The same, for what only the database can answer (`rebuild`, `verify`). */
export async function withEngine<T>(
  flags: ClientFlags,
  environment: Environment,
  act: (engine: Engine) => Promise<T>,
): Promise<T> {
  const withoutService = { ...environment }
  delete withoutService.PROVISO_URL
  const config = readClientConfig(flags, withoutService)
  if (config.kind === 'service') {
    throw new ProvisoError(
      'config_invalid',
      'This command works on the database itself: name it with --database instead of --url.',
    )
  }
  const engine = await openEngine(config)
  try {
    return await act(engine)
  } finally {
    await engine.close()
  }
}

/** An engine that works only when asked: nothing runs in the background of a command. */
async function openEngine(config: ClientConfig & { kind: 'database' }): Promise<Engine> {
  const catalog =
    config.catalogFile === null ? sampleCatalog : await readCatalogFile(config.catalogFile)
  const stripe = config.stripeApiKey === null ? null : await loadStripe(config.stripeApiKey)
  assertDataExists(config.settings.target)
  const database = await openTarget(config.settings)
  try {
    await migrate(database)
    const engine = await createEngine({
      database,
      catalog,
      stripe,
      livemode: config.livemode,
      mode: 'serverless',
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

/** Reading makes no database: a mistyped folder is told, not created. */
function assertDataExists(target: DatabaseTarget): void {
  if (target.kind === 'url' || existsSync(target.directory)) return
  throw new ProvisoError(
    'config_invalid',
    `There is no data in ${target.directory}: start "proviso dev" first, or name what to read with --url, --database or --data.`,
  )
}
