import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, inject, type RunnerTestCase } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPglite } from '../../src/store/pglite.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { withDatabase } from './postgres-server.ts'

export interface TestDatabase {
  name: 'postgres' | 'pglite'
  /** A freshly migrated database of its own; `close()` drops it unless a test of the file failed. */
  open(): Promise<Database>
}

/** For `describe.each`: what must hold on both. */
export const testDatabases: TestDatabase[] = [
  { name: 'postgres', open: openTestPostgres },
  { name: 'pglite', open: openTestPglite },
]

const tasks: Readonly<RunnerTestCase>[] = []
beforeEach(({ task }) => {
  tasks.push(task)
})
const hasFailed = (): boolean => tasks.some((task) => task.result?.state === 'fail')

/** A new database on the run's server: `url` for tests that open it again, or from another process. */
export async function createTestDatabase(options: { isMigrated: boolean }): Promise<{
  url: string
  drop(): Promise<void>
}> {
  const name = `proviso_test_${randomBytes(6).toString('hex')}`
  const admin = inject('postgresUrl')
  const template = options.isMigrated ? inject('postgresTemplate') : 'template0'
  await onServer(admin, `create database ${name} template ${template}`)
  const url = withDatabase(admin, name)
  return {
    url,
    async drop() {
      if (!hasFailed()) return onServer(admin, `drop database if exists ${name} with (force)`)
      await writeFile(join(inject('runFolder'), 'keep'), '')
      console.error(`A test failed: its database is kept as ${name}.`)
    },
  }
}

async function openTestPostgres(): Promise<Database> {
  const { url, drop } = await createTestDatabase({ isMigrated: true })
  const database = openPostgres(url)
  return {
    ...database,
    async close() {
      await database.close()
      await drop()
    },
  }
}

async function onServer(url: string, text: string): Promise<void> {
  const database = openPostgres(url, { poolSize: 1 })
  try {
    await database.query(text)
  } finally {
    await database.close()
  }
}

async function openTestPglite(): Promise<Database> {
  return openPglite({ loadDataDir: new Blob([await readDump()]) })
}

const DUMP_WAIT_MS = 90_000

/** Booting PGlite takes seconds: one worker does it once a run, everyone loads its dump. */
async function readDump(): Promise<Uint8Array<ArrayBuffer>> {
  const dump = join(inject('runFolder'), 'pglite.tar')
  const isFirst = await mkdir(`${dump}.lock`).then(
    () => true,
    () => false,
  )
  if (isFirst) await writeDump(dump)
  const deadline = Date.now() + DUMP_WAIT_MS
  while (!existsSync(dump)) {
    if (Date.now() > deadline) throw new Error('The PGlite dump of this run was never written.')
    await delay(50)
  }
  return new Uint8Array(await readFile(dump))
}

async function writeDump(dump: string): Promise<void> {
  const database = await openPglite()
  await migrate(database)
  const data = await database.dump()
  await database.close()
  await writeFile(`${dump}.new`, new Uint8Array(await data.arrayBuffer()))
  await rename(`${dump}.new`, dump)
}
