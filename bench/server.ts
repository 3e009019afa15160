import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../src/store/embedded.ts'
import { openDatabaseCpu, type ReadDatabaseCpu } from './measure/database-cpu.ts'
import { readFlushes, untilDisconnected } from './measure/flushes.ts'

export interface ServerFacts {
  version: string
  fsync: string
  synchronousCommit: string
  isEmbedded: boolean
}

/** The PostgreSQL everything runs on; what it makes there is dropped at the end. */
export interface BenchServer {
  facts: ServerFacts
  readCpu: ReadDatabaseCpu
  /** Flushes of the log so far, once nobody is connected to `url`; null: not counted here. */
  readFlushes(url: string): Promise<number | null>
  /** Writes out what is dirty, so that no measurement pays for the one before. */
  checkpoint(): Promise<void>
  /** A database of its own; answers its URL. `like`: the URL of one to copy. */
  createDatabase(name: string, like?: string): Promise<string>
  close(): Promise<void>
}

/** `url`: a server to use, by a role that may create databases; absent: one of our own in `folder`. */
export async function openServer(url: string | undefined, folder = tmpdir()): Promise<BenchServer> {
  const own = url === undefined ? await startOwn(folder) : null
  const base = new URL(url ?? own?.url ?? '')
  const admin = new pg.Client({ connectionString: base.href })
  await admin.connect()
  const made: string[] = []
  const run = randomBytes(3).toString('hex')
  let closing: Promise<void> | null = null

  async function close(): Promise<void> {
    if (own === null) {
      for (const database of made) {
        await admin.query(`drop database if exists ${database} with (force)`)
      }
    }
    await admin.end()
    await own?.stop()
  }

  return {
    facts: await readFacts(admin, own !== null),
    readCpu: await openDatabaseCpu(admin),
    async readFlushes(of) {
      await untilDisconnected(admin, nameIn(of))
      return readFlushes(admin)
    },
    async checkpoint() {
      // Not every role may: then the phases are a little less alike.
      await admin.query('checkpoint').catch(() => undefined)
    },
    async createDatabase(name, like) {
      const database = `proviso_bench_${run}_${name.replace(/[^a-z]+/gi, '_').toLowerCase()}`
      if (like !== undefined) await untilDisconnected(admin, nameIn(like))
      await admin.query(
        `create database ${database} template ${like === undefined ? 'template0' : nameIn(like)}`,
      )
      made.push(database)
      const created = new URL(base)
      created.pathname = `/${database}`
      return created.href
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

async function startOwn(folder: string) {
  const dataDir = await mkdtemp(join(folder, 'proviso-bench-'))
  const server = await startEmbedded({ dataDir })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function readFacts(client: pg.Client, isEmbedded: boolean): Promise<ServerFacts> {
  const { rows } = await client.query<Omit<ServerFacts, 'isEmbedded'>>(`
    select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as "synchronousCommit"`)
  const [facts] = rows
  if (facts === undefined) throw new Error('The server did not answer for its settings.')
  return { ...facts, isEmbedded }
}

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1)
}
