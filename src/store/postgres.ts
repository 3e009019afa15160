import pg from 'pg'
import { ProvisoError } from '../errors.ts'
import { asUnavailable, isConnectionError } from './connection-errors.ts'
import type { Database, Queryable } from './database.ts'
import { openTransaction, swallowedError } from './open-transaction.ts'
import { portTypes } from './postgres-types.ts'
import { DEFAULT_SCHEMA, withSchema } from './schema-name.ts'

export interface PostgresOptions {
  /** @defaultValue 'proviso' */
  schema?: string
  /** Connections at most; ignored for a pool that is passed in. @defaultValue 10 */
  poolSize?: number
  /** Milliseconds to wait for a connection, also for a free one of the pool. @defaultValue 10000 */
  connectTimeoutMs?: number
}

type Result<Row> = { rows: Row[]; rowCount: number }

const ignore = (): void => undefined

/**
 * Opens PostgreSQL by URL, or through a pool of `pg` that the caller keeps (closing us leaves it
 * open). No statement is named and no session state is kept, so transaction poolers work.
 */
export function openPostgres(urlOrPool: string | pg.Pool, options: PostgresOptions = {}): Database {
  const isOwnPool = typeof urlOrPool === 'string'
  const pool = isOwnPool ? createPool(urlOrPool, options) : urlOrPool
  const where = describe(pool)
  // An idle connection that breaks is dropped by the pool; without a listener Node would exit.
  pool.on('error', ignore)

  const guarded = new WeakSet<pg.PoolClient>()
  async function connect(): Promise<pg.PoolClient> {
    try {
      const client = await pool.connect()
      if (!guarded.has(client)) {
        guarded.add(client)
        // A connection can also break while it is ours; the statement under way reports that.
        client.on('error', ignore)
      }
      return client
    } catch (error) {
      throw asUnavailable(error, where)
    }
  }

  async function query<Row>(text: string, parameters?: readonly unknown[]): Promise<Result<Row>> {
    const client = await connect()
    try {
      const { rows, rowCount } = await send<Row>(client, text, parameters)
      client.release()
      return { rows, rowCount }
    } catch (error) {
      client.release(isConnectionError(error))
      throw asUnavailable(error, where)
    }
  }

  async function transaction<T>(run: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await connect()
    const tx = openTransaction((text, parameters) => send(client, text, parameters))
    try {
      await send(client, 'begin isolation level read committed')
      const value = await run(tx)
      await tx.end()
      // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and without an error.
      if ((await send(client, 'commit')).command !== 'COMMIT') throw swallowedError()
      client.release()
      return value
    } catch (error) {
      await tx.end()
      client.release(isConnectionError(error) || !(await rolledBack(client)))
      throw asUnavailable(error, where)
    }
  }

  const database: Database = {
    query,
    transaction,
    async close() {
      pool.off('error', ignore)
      if (isOwnPool && !pool.ended) {
        // Connections being closed may still report errors.
        pool.on('error', ignore)
        await pool.end()
      }
    },
  }
  return withSchema(database, options.schema ?? DEFAULT_SCHEMA)
}

function createPool(url: string, options: PostgresOptions): pg.Pool {
  try {
    return new pg.Pool({
      connectionString: url,
      max: options.poolSize ?? 10,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
      fallback_application_name: 'proviso',
      keepAlive: true,
      allowExitOnIdle: true,
    })
  } catch {
    // The cause repeats the URL, password included: it is dropped.
    throw new ProvisoError(
      'config_invalid',
      'The database URL cannot be read: write it as postgres://user:password@host:5432/database, with special characters percent-encoded.',
    )
  }
}

async function send<Row>(
  client: pg.PoolClient,
  text: string,
  parameters?: readonly unknown[],
): Promise<Result<Row> & { command: string }> {
  const answer: unknown = await client.query({
    text,
    types: portTypes,
    // Without values `pg` takes the simple protocol, in which a text may hold several statements.
    ...(parameters === undefined ? {} : { values: [...parameters] }),
  })
  const result = (Array.isArray(answer) ? answer.at(-1) : answer) as pg.QueryResult
  return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0, command: result.command }
}

async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await send(client, 'rollback')
    return true
  } catch {
    return false
  }
}

function describe(pool: pg.Pool): string {
  const { host, port, database, connectionString } = pool.options
  if (connectionString !== undefined) {
    try {
      const url = new URL(connectionString)
      const server = url.host || url.searchParams.get('host') || 'localhost'
      return `${server}${url.pathname}`
    } catch {
      return 'the configured address'
    }
  }
  return `${host ?? 'localhost'}:${String(port ?? 5432)}/${database ?? ''}`
}
