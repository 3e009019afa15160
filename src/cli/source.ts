import type { Command } from 'commander'
import { readClientConfig } from '../config/client-config.ts'
import type { ClientFlags, DatabaseSource } from '../config/client-config.ts'
import type { Environment } from '../config/environment.ts'
import type { Engine } from '../engine/engine.ts'
import { ProvisoError } from '../errors.ts'
import { createServiceClient } from './service-client.ts'

/** What commands ask: an engine over the database, or a service over HTTP. */
export type Source = Pick<
  Engine,
  | 'access'
  | 'check'
  | 'explain'
  | 'grant'
  | 'revoke'
  | 'track'
  | 'trackMany'
  | 'usage'
  | 'cancelUsage'
  | 'reconcileUsage'
  | 'usageReports'
  | 'retryUsageReports'
  | 'usageCounts'
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
  const source =
    config.kind === 'service' ? createServiceClient(config) : await openEngineSource(config)
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
  const engine = await openEngineSource(config)
  try {
    return await act(engine)
  } finally {
    await engine.close()
  }
}

/** Loaded only when it is the database that is asked: a service is asked with much less code. */
async function openEngineSource(config: DatabaseSource): Promise<Engine> {
  const { openEngine } = await import('./open-engine.ts')
  return openEngine(config)
}
