import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { isProvisoError } from '../../src/errors.ts'
import type { Database } from '../../src/store/database.ts'
import { openDatabase } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'

describe('opening a database', () => {
  let url: string
  let drop: () => Promise<void>
  beforeAll(async () => {
    ;({ url, drop } = await createTestDatabase({ isMigrated: true }))
  })
  afterAll(() => drop())

  const version = async (db: Database): Promise<string> =>
    (await db.query<{ version: string }>('select version()')).rows[0]?.version ?? ''

  test('takes a URL', async () => {
    const db = await openDatabase({ database: url })
    expect(await version(db)).toMatch(/^PostgreSQL/)
    await db.close()
  })

  test('takes a pool of the caller, leaves its types alone and leaves it open', async () => {
    const pool = new pg.Pool({ connectionString: url })
    const db = await openDatabase({ database: pool })

    expect((await db.query('select 1::int8 as value')).rows).toEqual([{ value: 1n }])
    expect((await pool.query('select 1::int8 as value')).rows).toEqual([{ value: '1' }])
    await db.close()
    expect((await pool.query('select 1 as value')).rows).toEqual([{ value: 1 }])
    await pool.end()
  })

  test('takes an object with the three methods', async () => {
    const query = vi.fn(async () => ({ rows: [], rowCount: 0 }))
    const db = await openDatabase({
      database: { query, transaction: (run) => run({ query }), close: async () => undefined },
      schema: 'other',
    })
    await db.query('select * from proviso.facts')
    expect(query).toHaveBeenCalledWith('select * from "other".facts', undefined)
  })

  test('takes pglite: for memory', async () => {
    const db = await openDatabase({ database: 'pglite:' })
    expect(await version(db)).toMatch(/PGlite/)
    await db.close()
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'database_unavailable' })
  })

  test('refuses anything else, without repeating a password', async () => {
    await expect(openDatabase({ database: 'mysql://ada:secret@host/db' })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.not.stringContaining('secret') as string,
    })
    await expect(openDatabase({ database: {} as Database })).rejects.toMatchObject({
      code: 'config_invalid',
    })
  })

  test.each([
    ['nobody listens', 'postgres://ada:secret@127.0.0.1:1/db', true],
    ['the URL cannot be read', 'postgres://ada:sec%ret@127.0.0.1:1/db', undefined],
  ])('says so when %s, without the password', async (_, broken, isRetryable) => {
    const failure: unknown = await (async () => openPostgres(broken).query('select 1'))().catch(
      (error: unknown) => error,
    )
    if (!isProvisoError(failure)) throw failure
    expect(`${failure.message} ${JSON.stringify(failure.details)}`).not.toMatch(/sec/)
    if (isRetryable === true) {
      expect(failure).toMatchObject({ code: 'database_unavailable', isRetryable: true })
      expect(failure.message).toContain('127.0.0.1:1/db')
    }
  })

  test('tells a database that is not there from a server that is away', async () => {
    const wrong = new URL(url)
    wrong.pathname = '/no_such_database'
    const db = openPostgres(wrong.href)
    await expect(db.query('select 1')).rejects.toMatchObject({
      code: 'database_unavailable',
      isRetryable: false,
    })
    await db.close()
  })

  test('drops connections the server ended, idle or in a transaction, and goes on', async () => {
    const db = openPostgres(url, { poolSize: 2 })
    const end = (pid: unknown): Promise<unknown> =>
      db.query('select pg_terminate_backend($1::int4)', [pid])
    const pidOf = async (on: Pick<Database, 'query'>): Promise<unknown> =>
      (await on.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid

    await expect(
      db.transaction(async (tx) => {
        await end(await pidOf(tx))
        await tx.query('select 1')
      }),
    ).rejects.toMatchObject({ code: 'database_unavailable', isRetryable: true })

    const other = openPostgres(url, { poolSize: 1 })
    const idle = await pidOf(other)
    await end(idle)
    await vi.waitFor(async () => {
      expect(await pidOf(other)).not.toBe(idle)
    })
    expect((await db.query('select 1 as value')).rows).toEqual([{ value: 1 }])
    await db.close()
    await other.close()
  })
})
