import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { parseMigration, type Migration } from '../../src/store/migration.ts'
import { MIGRATIONS } from '../../src/store/migrations.generated.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { withSchema } from '../../src/store/schema-name.ts'
import { createTestDatabase, testDatabases } from '../support/database.ts'

const migration = (number: number, name: string, sql: string, isBreaking = false): Migration => ({
  number,
  name,
  sql,
  isBreaking,
})

const things = migration(1, 'things', 'create table proviso.things (id integer)')
const grown = migration(2, 'grown', 'alter table proviso.things add column name text')
const NEXT = MIGRATIONS.length + 1
const grownHere = migration(NEXT, 'grown', 'alter table proviso.feed add column note text')

describe.each(testDatabases)('migrating on $name', ({ open }) => {
  let server: Database
  let db: Database
  beforeEach(async () => {
    server = await open()
    db = withSchema(server, 'other')
  })
  afterEach(() => server.close())

  const recorded = async (): Promise<unknown[]> =>
    (await db.query('select number, name, is_breaking from proviso.migrations order by number'))
      .rows

  test('creates the schema, applies what is missing in order, and nothing twice', async () => {
    const seen: string[] = []
    const onProgress = ({ name }: Migration): number => seen.push(name)

    expect(await migrate(db, { migrations: MIGRATIONS, onProgress })).toEqual({
      applied: ['000001_initial', '000002_usage'],
      version: 2,
    })
    expect(await migrate(db, { migrations: MIGRATIONS, onProgress })).toEqual({
      applied: [],
      version: 2,
    })

    expect(seen).toEqual(['initial', 'usage'])
    expect(await recorded()).toEqual([
      { number: 1, name: 'initial', is_breaking: false },
      { number: 2, name: 'usage', is_breaking: false },
    ])
  })

  test('names the migration that failed, keeps those before it, and goes on once it is mended', async () => {
    const broken = migration(
      NEXT + 1,
      'broken',
      'create table proviso.half (id integer); select nothing',
    )

    const failure = migrate(db, { migrations: [...MIGRATIONS, grownHere, broken] })
    await expect(failure).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('000004_broken') as string,
    })
    expect(await recorded()).toHaveLength(NEXT)
    const { rows } = await db.query(`select to_regclass('proviso.half') is null as is_gone`)
    expect(rows).toEqual([{ is_gone: true }])

    const mended = migration(NEXT + 1, 'broken', 'create table proviso.half (id integer)')
    await migrate(db, { migrations: [...MIGRATIONS, grownHere, mended] })
    expect(await recorded()).toHaveLength(NEXT + 1)
  })

  test('refuses a database that holds a breaking migration it does not know', async () => {
    const breaking = migration(NEXT, 'renamed', 'alter table proviso.feed rename to feeds', true)
    await migrate(db, { migrations: [...MIGRATIONS, breaking] })

    await expect(migrate(db)).rejects.toMatchObject({
      code: 'schema_too_new',
      details: { migration: NEXT, name: 'renamed' },
    })
  })

  test('starts on a database that holds a later migration which is not breaking', async () => {
    await migrate(db, { migrations: [...MIGRATIONS, grownHere] })

    expect(await migrate(db)).toEqual({ applied: [], version: NEXT })
  })

  test('refuses a server older than PostgreSQL 15', async () => {
    const aged: Database = {
      ...db,
      query: (text, parameters) =>
        db.query(
          text.replaceAll(/current_setting\('server_version(_num)?'\)/g, aged14),
          parameters,
        ),
    }
    await expect(migrate(aged)).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('PostgreSQL 14.9') as string,
    })
  })

  test('stores bodies in a way this server can do, and can be read back', async () => {
    await migrate(db)
    const body = Buffer.from('{"a":1}'.repeat(2000))
    await db.query(
      `insert into proviso.observations (account, livemode, id, hash, kind, type, created, body)
       values ('', false, 'evt_1', '\\x00', 'event', 't', 0, $1::bytea)`,
      [body],
    )
    const { rows } = await db.query<{ body: Uint8Array }>('select body from proviso.observations')
    expect(Buffer.from(rows[0]?.body ?? []).equals(body)).toBe(true)
    const storage = await db.query(`
      select attstorage::text as storage, attcompression::text as compression from pg_attribute
      where attrelid = 'proviso.observations'::regclass and attname = 'body'`)
    expect([
      { storage: 'x', compression: 'l' },
      { storage: 'e', compression: '' },
    ]).toContainEqual(storage.rows[0])
  })
})

const aged14 = (setting: string): string => (setting.includes('_num') ? `'140009'` : `'14.9'`)

describe('migrating on postgres', () => {
  test('lets any number of starters begin at once, and one of them do each step', async () => {
    const { url, drop } = await createTestDatabase({ isMigrated: false })
    const starters = Array.from({ length: 5 }, () => openPostgres(url, { poolSize: 2 }))

    const reports = await Promise.all(
      starters.map((db) => migrate(db, { migrations: [things, grown] }).catch((e: unknown) => e)),
    )

    expect(reports.flatMap((report) => (report as { applied: string[] }).applied).sort()).toEqual([
      '000001_things',
      '000002_grown',
    ])
    await Promise.all(starters.map((db) => db.close()))
    await drop()
  })

  test('needs no right to create schemas once an administrator made ours', async () => {
    const { url, drop } = await createTestDatabase({ isMigrated: true })
    const db = openPostgres(url, { poolSize: 1 })
    await db.query(`
      create role limited_application;
      grant usage on schema proviso to limited_application;
      grant select on all tables in schema proviso to limited_application;
      set role limited_application`)

    expect(await migrate(db)).toMatchObject({ applied: [] })

    await db.query(`reset role; drop owned by limited_application; drop role limited_application`)
    await db.close()
    await drop()
  })
})

describe('a migration file', () => {
  test('is read with number, name and whether it breaks older code', () => {
    expect(
      parseMigration('000012_drop_hold.sql', '-- Why.\n--! breaking\n\nselect 1'),
    ).toMatchObject({
      number: 12,
      name: 'drop_hold',
      isBreaking: true,
    })
    expect(parseMigration('000001_a.sql', 'select 1;\n--! breaking').isBreaking).toBe(false)
  })

  test('is refused under a name that does not sort', () => {
    expect(() => parseMigration('2_add.sql', '')).toThrow(/000002_add_column.sql/)
  })
})
