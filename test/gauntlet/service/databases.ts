import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { startEmbedded } from '../../../src/store/embedded.ts'
import { withDatabase } from '../../support/postgres-server.ts'

/** Databases on one PostgreSQL server, made for a run and dropped after it. */
export interface Databases {
  /** Where the server is, for another process. */
  readonly url: string
  /** A new database with nothing in it; answers its URL. */
  create(): Promise<string>
  drop(url: string): Promise<void>
  /** Drops what is left, and stops the server if it is our own. */
  close(): Promise<void>
}

const LOOKS = 200
const LOOK_MS = 10

/** `url`: a server to use, by a role that may create databases; absent: the real one from npm. */
export async function openDatabases(url?: string): Promise<Databases> {
  const own = url === undefined ? await startOwn() : null
  const base = url ?? own?.url ?? ''
  const admin = new pg.Client({ connectionString: base })
  await admin.connect()
  const made = new Set<string>()
  let isClosed = false

  /** A pool that was ended may still be saying goodbye, and would call being cut off an error. */
  async function untilLeft(database: string): Promise<void> {
    for (let look = 0; look < LOOKS; look += 1) {
      const { rowCount } = await admin.query('select from pg_stat_activity where datname = $1', [
        nameIn(database),
      ])
      if (rowCount === 0) return
      await delay(LOOK_MS)
    }
  }

  async function drop(database: string): Promise<void> {
    made.delete(database)
    await untilLeft(database)
    await admin.query(`drop database if exists ${nameIn(database)} with (force)`)
  }

  return {
    url: base,
    async create() {
      const name = `gauntlet_${randomBytes(8).toString('hex')}`
      const database = withDatabase(base, name)
      // Copying by the log's way writes no checkpoint, so it takes milliseconds.
      await admin.query(`create database ${name} template template0 strategy wal_log`)
      made.add(database)
      return database
    },
    drop,
    async close() {
      if (isClosed) return
      isClosed = true
      if (own === null) for (const database of [...made]) await drop(database)
      await admin.end()
      await own?.stop()
    },
  }
}

async function startOwn() {
  const dataDir = await mkdtemp(join(tmpdir(), 'proviso-gauntlet-'))
  const server = await startEmbedded({ dataDir })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1)
}
