import { describe, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { quoteSchema, withSchema } from '../../src/store/schema-name.ts'
import { testDatabases } from '../support/database.ts'

describe('the name of the schema', () => {
  test.each(['other', '_a1', 'select', 'a'.repeat(63)])('may be %s', (name) => {
    expect(quoteSchema(name)).toBe(`"${name}"`)
  })

  test.each(['', 'Other', '1a', 'a-b', 'a"b', 'a.b', 'pg_temp', 'a'.repeat(64), 'a b;'])(
    'may not be %j',
    (name) => {
      expect(() => quoteSchema(name)).toThrow(expect.objectContaining({ code: 'config_invalid' }))
    },
  )

  test('is put where a statement names ours, and nowhere else', async () => {
    const texts: string[] = []
    const echo: Database = {
      query: async (text) => {
        texts.push(text)
        return { rows: [], rowCount: 0 }
      },
      transaction: (run) => run(echo),
      close: async () => undefined,
    }
    const db = withSchema(echo, 'other')

    await db.query(`select * from proviso.facts f join proviso.links using (object)`)
    await db.transaction((tx) => tx.query(`create schema "proviso"`))
    await db.query(`select proviso, my_proviso.x, 'provisos.y'`)

    expect(texts).toEqual([
      `select * from "other".facts f join "other".links using (object)`,
      `create schema "other"`,
      `select proviso, my_proviso.x, 'provisos.y'`,
    ])
  })
})

describe.each(testDatabases)('two schemas in one database on $name', ({ open }) => {
  test('do not see each other', async () => {
    const ours = await open()
    const other = withSchema(ours, 'other')
    await migrate(other)

    await other.query(`insert into proviso.settings (name, value) values ($1::text, $2::jsonb)`, [
      'a',
      '1',
    ])

    expect((await ours.query('select name from proviso.settings')).rows).toEqual([])
    expect((await other.query('select name from proviso.settings')).rows).toEqual([{ name: 'a' }])
    expect((await other.query('select * from proviso.access')).rows).toEqual([])
    await ours.close()
  })
})
