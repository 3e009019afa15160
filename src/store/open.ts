import type pg from 'pg'
import { ProvisoError } from '../errors.ts'
import type { Database } from './database.ts'
import { openPglite, readPgliteUrl } from './pglite.ts'
import { openPostgres } from './postgres.ts'
import { DEFAULT_SCHEMA, withSchema } from './schema-name.ts'

export interface DatabaseConfig {
  /** `postgres://…`, `pglite:`, `pglite:DIR`, a pool of `pg`, or anything with the port's three methods. */
  database: string | pg.Pool | Database
  /** @defaultValue 'proviso' */
  schema?: string
  /** @defaultValue 10 */
  poolSize?: number
}

/** Opens whatever the user names as the database. The schema is not migrated yet. */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const { database, ...options } = config
  if (typeof database === 'string') {
    if (/^postgres(ql)?:\/\//.test(database)) return openPostgres(database, options)
    if (database.startsWith('pglite:')) {
      return openPglite({ ...readPgliteUrl(database), schema: options.schema ?? DEFAULT_SCHEMA })
    }
    throw new ProvisoError(
      'config_invalid',
      // Only the scheme is repeated: the rest may hold a password.
      `The database URL starts with ${JSON.stringify(/^[\w+.-]{0,20}:?/.exec(database)?.[0] ?? '')}: it must start with postgres:// or pglite:`,
    )
  }
  if (isPort(database)) return withSchema(database, options.schema ?? DEFAULT_SCHEMA)
  if (isPool(database)) return openPostgres(database, options)
  throw new ProvisoError(
    'config_invalid',
    'The database must be a URL, a Pool of `pg`, or an object with query, transaction and close.',
  )
}

function has(value: object, method: string): boolean {
  return typeof (value as Record<string, unknown>)[method] === 'function'
}

function isPort(value: pg.Pool | Database): value is Database {
  return has(value, 'query') && has(value, 'transaction') && has(value, 'close')
}

function isPool(value: pg.Pool | Database): value is pg.Pool {
  return has(value, 'query') && has(value, 'connect') && has(value, 'end') && has(value, 'on')
}
