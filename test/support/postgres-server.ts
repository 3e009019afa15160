import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import 'vitest'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPostgres } from '../../src/store/postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of a running server in which databases may be created. */
    postgresUrl: string
    /** Name of a migrated database to copy. */
    postgresTemplate: string
    /** Folder of this run, removed at its end. */
    runFolder: string
  }
}

/** One server and one migrated template per run; TEST_DATABASE_URL names another server to use. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runFolder = await mkdtemp(join(tmpdir(), 'proviso-test-'))
  const given = process.env['TEST_DATABASE_URL']
  const server =
    given === undefined ? await startEmbedded({ dataDir: join(runFolder, 'data') }) : undefined
  const url = server?.url ?? given ?? ''
  const template = `proviso_template_${randomBytes(4).toString('hex')}`
  await execute(url, `create database ${template}`)
  const database = openPostgres(withDatabase(url, template), { poolSize: 1 })
  await migrate(database)
  await database.close()

  project.provide('postgresUrl', url)
  project.provide('postgresTemplate', template)
  project.provide('runFolder', runFolder)

  return async () => {
    if (given !== undefined) await execute(url, `drop database if exists ${template}`)
    await server?.stop()
    if (server !== undefined && existsSync(join(runFolder, 'keep'))) {
      console.error(`The data of the failed tests is in ${runFolder}.`)
    } else {
      await rm(runFolder, { recursive: true, force: true })
    }
  }
}

async function execute(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}
