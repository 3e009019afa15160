import type { Queryable } from '../database.ts'
import type { Migration } from '../migration.ts'

/** Six digits: 150018 is 15.18. */
export const SERVER_VERSION = `
  select current_setting('server_version_num')::int4 as number, current_setting('server_version') as name`

export async function readServerVersion(
  db: Queryable,
): Promise<{ number: number; name: string } | undefined> {
  return (await db.query<{ number: number; name: string }>(SERVER_VERSION, [])).rows[0]
}

/**
 * Asked before anything is created: an application role may use the schema and the table an
 * administrator made, and be denied `create schema if not exists` all the same. Reads the catalogs
 * themselves: `to_regclass` would answer from a cache that waiting for a lock does not refresh.
 */
export const MIGRATION_STATE = `
  select
    count(n.oid) > 0 as has_schema,
    count(c.oid) > 0 as has_table
  from pg_namespace n
  left join pg_class c on c.relnamespace = n.oid and c.relname = 'migrations' and c.relkind = 'r'
  where '"' || n.nspname || '"' = '"proviso"'`

export async function readMigrationState(
  db: Queryable,
): Promise<{ has_schema: boolean; has_table: boolean } | undefined> {
  return (await db.query<{ has_schema: boolean; has_table: boolean }>(MIGRATION_STATE, [])).rows[0]
}

/** One waiter after the other, per schema; freed by the end of the transaction. */
export const LOCK_MIGRATIONS = `
  select pg_advisory_xact_lock(hashtextextended('proviso migrations ' || '"proviso"', 0))`

export async function lockMigrations(tx: Queryable): Promise<void> {
  await tx.query(LOCK_MIGRATIONS, [])
}

export async function createSchema(tx: Queryable): Promise<void> {
  await tx.query('create schema "proviso"')
}

export async function createMigrationsTable(tx: Queryable): Promise<void> {
  await tx.query(`
    create table proviso.migrations (
      number integer not null,
      name text not null,
      is_breaking boolean not null,
      applied_at timestamptz not null default clock_timestamp(),
      constraint migrations_pkey primary key (number)
    );
    comment on table proviso.migrations is 'Schema changes applied so far; older code refuses a breaking one it does not know.'`)
}

export interface AppliedMigration {
  number: number
  name: string
  is_breaking: boolean
}

export const APPLIED_MIGRATIONS = `
  select number, name, is_breaking from proviso.migrations order by number`

export async function readAppliedMigrations(db: Queryable): Promise<AppliedMigration[]> {
  return (await db.query<AppliedMigration>(APPLIED_MIGRATIONS, [])).rows
}

export const RECORD_MIGRATION = `
  insert into proviso.migrations (number, name, is_breaking) values ($1::int4, $2::text, $3::boolean)`

export async function recordMigration(tx: Queryable, migration: Migration): Promise<void> {
  await tx.query(RECORD_MIGRATION, [migration.number, migration.name, migration.isBreaking])
}

/** No row when there is no such table; `is_default`: nobody has chosen how it stores bodies. */
export const BODY_STORAGE = `
  select
    a.attcompression = '' and a.attstorage = 'x' as is_default,
    coalesce('lz4' = any (s.enumvals), false) as has_lz4
  from pg_attribute a
  left join pg_settings s on s.name = 'default_toast_compression'
  where a.attrelid = to_regclass('proviso.observations') and a.attname = 'body'`

export interface BodyStorage {
  is_default: boolean
  /** The setting lists what the server was built with. */
  has_lz4: boolean
}

export async function readBodyStorage(db: Queryable): Promise<BodyStorage | undefined> {
  return (await db.query<BodyStorage>(BODY_STORAGE, [])).rows[0]
}

export async function compressBodyWithLz4(db: Queryable): Promise<void> {
  await db.query('alter table proviso.observations alter column body set compression lz4')
}

export async function storeBodyUncompressed(db: Queryable): Promise<void> {
  await db.query('alter table proviso.observations alter column body set storage external')
}
