import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Contestant } from '../live/contestant.ts'
import { startEmbedded } from '../../../src/store/embedded.ts'
import { withDatabase } from '../../support/postgres-server.ts'

/** Databases on one PostgreSQL server, made for a run and dropped after it. */
export interface Databases {
  /** Where the server is, for another process. */
  readonly url: string
  /** A new database, empty or a copy of another of ours that nobody uses; answers its URL. */
  create(template?: string): Promise<string>
  /** A database for one story of a contestant, empty but for the tables it makes beforehand. */
  createFor(contestant: Pick<Contestant, 'name' | 'prepare'>): Promise<string>
  /** Takes it back: emptied, it is another story's. Dropping one waits for a checkpoint. */
  release(url: string): Promise<void>
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
  const templates = new Map<string, Promise<string>>()
  const lent = new Map<string, Pick<Contestant, 'name' | 'prepare'>>()
  const idle = new Map<string, string[]>()
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

  async function create(template?: string): Promise<string> {
    const name = `gauntlet_${randomBytes(8).toString('hex')}`
    const source = template === undefined ? 'template0' : nameIn(template)
    const database = withDatabase(base, name)
    // Copying by the log's way writes no checkpoint, so it takes milliseconds.
    await admin.query(`create database ${name} template ${source} strategy wal_log`)
    made.add(database)
    return database
  }

  async function createFor(contestant: Pick<Contestant, 'name' | 'prepare'>): Promise<string> {
    const { name, prepare } = contestant
    const kept = idle.get(name)?.pop()
    let database = kept
    if (database === undefined && prepare === undefined) database = await create()
    if (database === undefined && prepare !== undefined) {
      const template = templates.get(name) ?? prepared(prepare)
      templates.set(name, template)
      database = await create(await template)
    }
    if (database === undefined) throw new Error(`No database was made for ${name}.`)
    lent.set(database, contestant)
    return database
  }

  async function prepared(prepare: NonNullable<Contestant['prepare']>): Promise<string> {
    const template = await create()
    await prepare(template)
    await untilLeft(template)
    return template
  }

  return {
    url: base,
    create,
    createFor,
    async release(database) {
      const contestant = lent.get(database)
      if (contestant === undefined) return drop(database)
      lent.delete(database)
      await untilLeft(database)
      await empty(database, contestant.prepare !== undefined)
      idle.set(contestant.name, [...(idle.get(contestant.name) ?? []), database])
    },
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
  await hurry(server.url)
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Nothing here outlives the run, so nothing has to survive a power cut. */
async function hurry(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    await client.query(`alter system set ${setting} = off`)
  }
  await client.query('select pg_reload_conf()')
  await client.end()
}

/** Rids a database of everything, or, of tables made beforehand, of their rows. */
async function empty(url: string, isPrepared: boolean): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ statement: string }>(
      isPrepared ? TRUNCATE_TABLES : DROP_SCHEMAS,
    )
    for (const { statement } of rows) await client.query(statement)
    if (!isPrepared) await client.query('create schema public')
  } finally {
    await client.end()
  }
}

/** The record of what was migrated is part of the tables made beforehand. */
const TRUNCATE_TABLES = `
  select format('truncate %s restart identity cascade', string_agg(format('%I.%I', schemaname, tablename), ', ')) as statement
  from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') and tablename !~ 'migration'
  having count(*) > 0`
const DROP_SCHEMAS = `
  select format('drop schema %I cascade', nspname) as statement
  from pg_namespace
  where nspname !~ '^pg_' and nspname <> 'information_schema'`

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1)
}
