import { ProvisoError } from '../errors.ts'
import { asUnavailable } from './connection-errors.ts'
import type { Database } from './database.ts'
import { openTransaction, swallowedError } from './open-transaction.ts'
import { DEFAULT_SCHEMA, withSchema } from './schema-name.ts'

export interface PgliteOptions {
  /** Folder that keeps the data; absent: in memory. */
  dataDir?: string
  /** @defaultValue 'proviso' */
  schema?: string
  /** A data folder as PGlite dumped it, to start from: several times faster than an empty one. */
  loadDataDir?: Blob
}

export interface PgliteDatabase extends Database {
  /** Everything it holds, for `loadDataDir` of another one. */
  dump(): Promise<Blob>
}

const INT8 = 20
const WHERE = 'PGlite in this process'

/** What we use of a PGlite, or of a transaction in it. */
interface Session {
  query(text: string, parameters?: unknown[]): Promise<Results>
  exec(text: string): Promise<Results[]>
}
interface Results {
  rows: unknown[]
  affectedRows?: number
}

/**
 * Opens PGlite, PostgreSQL compiled into this process: for unit tests and demos. It has one session,
 * so transactions wait for each other and for every query: a query on the database from within a
 * transaction would wait for ever. It never calls fsync: what is committed here is not durable.
 */
export async function openPglite(options: PgliteOptions = {}): Promise<PgliteDatabase> {
  // Loaded on use: it takes seconds and hundreds of megabytes that most callers never need.
  const { PGlite } = await import('@electric-sql/pglite')
  const pglite = await PGlite.create({
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.loadDataDir === undefined ? {} : { loadDataDir: options.loadDataDir }),
    parsers: { [INT8]: BigInt },
  })
  const database: Database = {
    async query(text, parameters) {
      try {
        return await send(pglite, text, parameters)
      } catch (error) {
        throw asUnavailable(error, WHERE)
      }
    },
    async transaction(run) {
      try {
        return await pglite.transaction(async (session) => {
          const tx = openTransaction((text, parameters) => send(session, text, parameters))
          try {
            const value = await run(tx)
            await tx.end()
            await refuseSwallowed(session)
            return value
          } finally {
            await tx.end()
          }
        })
      } catch (error) {
        throw asUnavailable(error, WHERE)
      }
    },
    async close() {
      if (!pglite.closed) await pglite.close()
    },
  }
  return {
    ...withSchema(database, options.schema ?? DEFAULT_SCHEMA),
    dump: () => pglite.dumpDataDir('none'),
  }
}

async function send<Row>(
  session: Session,
  text: string,
  parameters?: readonly unknown[],
): Promise<{ rows: Row[]; rowCount: number }> {
  // The simple protocol, in which a text may hold several statements, as `pg` has it.
  const results =
    parameters === undefined
      ? (await session.exec(text)).at(-1)
      : await session.query(text, [...parameters])
  const rows = (results?.rows ?? []) as Row[]
  return { rows, rowCount: rows.length > 0 ? rows.length : (results?.affectedRows ?? 0) }
}

const IN_FAILED_TRANSACTION = '25P02'

async function refuseSwallowed(session: Session): Promise<void> {
  try {
    await session.exec('select 1')
  } catch (error) {
    throw (error as { code?: unknown }).code === IN_FAILED_TRANSACTION ? swallowedError() : error
  }
}

/** `pglite:` in memory, `pglite:DIR` in a folder. */
export function readPgliteUrl(url: string): PgliteOptions {
  const dataDir = url.replace(/^pglite:(\/\/(?=\/|$))?/, '')
  if (dataDir.startsWith('//')) {
    throw new ProvisoError(
      'config_invalid',
      `Write ${url} as pglite:DIR, or as pglite: for memory.`,
    )
  }
  return dataDir === '' ? {} : { dataDir }
}
