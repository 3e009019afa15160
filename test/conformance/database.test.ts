import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sqlState } from '../../src/store/connection-errors.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'

describe.each(testDatabases)('the database port on $name', ({ name, open }) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
    await db.query(`
      create table notes (
        id bigint not null,
        text text,
        constraint notes_pkey primary key (id),
        constraint notes_text check (text <> 'forbidden')
      )`)
  })
  beforeEach(() => db.query('truncate notes'))
  afterAll(() => db.close())

  const one = async (text: string, parameters?: readonly unknown[]): Promise<unknown> =>
    (await db.query<{ value: unknown }>(text, parameters)).rows[0]?.value
  const ids = async (): Promise<bigint[]> =>
    (await db.query<{ id: bigint }>('select id from notes order by id')).rows.map((row) => row.id)

  describe('types', () => {
    test('answers bigint as bigint, beyond 2^53 and in arrays', async () => {
      expect(await one('select 42::int8 as value')).toBe(42n)
      expect(await one('select 9007199254740993::int8 as value', [])).toBe(9007199254740993n)
      expect(await one('select count(*) as value from notes')).toBe(0n)
      expect(await one(`select '{1,null,-3}'::int8[] as value`, [])).toEqual([1n, null, -3n])
    })

    test('takes bigint and number for bigint', async () => {
      expect(await one('select $1::int8 as value', [9007199254740993n])).toBe(9007199254740993n)
      expect(await one('select $1::int8 as value', [7])).toBe(7n)
      expect(await one('select $1::int8[] as value', [[1n, 2]])).toEqual([1n, 2n])
    })

    test('answers int4 and float8 as number, boolean as boolean, numeric as text', async () => {
      expect(await one('select 3::int4 as value')).toBe(3)
      expect(await one('select 0.5::float8 as value')).toBe(0.5)
      expect(await one('select true as value')).toBe(true)
      expect(await one('select 1.50::numeric as value')).toBe('1.50')
    })

    test('takes and answers bytea as plain Uint8Array, every byte and none', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
      const answer = await one('select $1::bytea as value', [bytes])
      expect(answer).toEqual(bytes)
      expect(Object.getPrototypeOf(answer)).toBe(Uint8Array.prototype)
      expect(await one('select $1::bytea as value', [new Uint8Array()])).toEqual(new Uint8Array())
      expect(await one('select $1::bytea as value', [bytes.subarray(5, 8)])).toEqual(
        Uint8Array.of(5, 6, 7),
      )
      expect(await one('select length($1::bytea) as value', [Buffer.from('four')])).toBe(4)
    })

    test('answers jsonb parsed, and takes it as JSON text', async () => {
      const value = { a: [1, null, { b: 'ü"\\' }], c: true }
      expect(await one('select $1::jsonb as value', [JSON.stringify(value)])).toEqual(value)
      expect(await one('select $1::jsonb as value', ['[1,2]'])).toEqual([1, 2])
      expect(await one('select $1::jsonb as value', ['null'])).toBe(null)
    })

    test('takes arrays of text and boolean with every awkward character', async () => {
      const texts = ['', 'a,b', '{}', '"', '\\', 'NULL', "o'clock", 'line\nbreak', 'ü€😀']
      expect(await one('select $1::text[] as value', [texts])).toEqual(texts)
      expect(await one('select $1::text[] as value', [[]])).toEqual([])
      expect(await one('select $1::boolean[] as value', [[true, false]])).toEqual([true, false])
      expect(await one('select $1::text[] as value', [['a', null]])).toEqual(['a', null])
    })

    test('takes undefined and null for null', async () => {
      expect(await one('select $1::text is null as value', [undefined])).toBe(true)
      expect(await one('select $1::text is null as value', [null])).toBe(true)
      expect(await one('select null::int8 as value')).toBe(null)
    })

    test('answers timestamptz as Date', async () => {
      expect(await one(`select '2026-01-02T03:04:05.678Z'::timestamptz as value`)).toEqual(
        new Date('2026-01-02T03:04:05.678Z'),
      )
    })
  })

  describe('statements', () => {
    test('counts the rows a statement answered or changed', async () => {
      const inserted = await db.query(
        'insert into notes (id) values ($1::int8), ($2::int8)',
        [1, 2],
      )
      expect(inserted).toEqual({ rows: [], rowCount: 2 })
      expect((await db.query('select id from notes')).rowCount).toBe(2)
      const deleted = await db.query('delete from notes where id = $1::int8 returning id', [1])
      expect(deleted).toEqual({ rows: [{ id: 1n }], rowCount: 1 })
      expect(
        (await db.query('update notes set text = $1::text where id = 99', ['x'])).rowCount,
      ).toBe(0)
    })

    test('runs several statements of one text when there are no parameters, as one transaction', async () => {
      const { rows } = await db.query('insert into notes (id) values (1); select id from notes')
      expect(rows).toEqual([{ id: 1n }])

      await expect(
        db.query('insert into notes (id) values (2); insert into notes (id) values (1)'),
      ).rejects.toMatchObject({ code: '23505' })
      expect(await ids()).toEqual([1n])
    })

    test('names SQLSTATE and constraint of a violation', async () => {
      await db.query('insert into notes (id) values (1)')
      await expect(db.query('insert into notes (id) values ($1::int8)', [1])).rejects.toMatchObject(
        {
          code: '23505',
          constraint: 'notes_pkey',
        },
      )
      await expect(
        db.query(`insert into notes (id, text) values (2, 'forbidden')`, []),
      ).rejects.toMatchObject({ code: '23514', constraint: 'notes_text' })
      const error = await db.query('select nothing', []).catch((thrown: unknown) => thrown)
      expect(sqlState(error)).toBe('42703')
    })
  })

  describe('transactions', () => {
    test('commits what its function did, and answers what it answered', async () => {
      const answer = await db.transaction(async (tx) => {
        await tx.query('insert into notes (id) values ($1::int8)', [1])
        return (await tx.query('select id from notes')).rowCount
      })
      expect(answer).toBe(1)
      expect(await ids()).toEqual([1n])
    })

    test('rolls back when its function throws, and lets that error through', async () => {
      const thrown = new Error('changed my mind')
      await expect(
        db.transaction(async (tx) => {
          await tx.query('insert into notes (id) values (1)')
          throw thrown
        }),
      ).rejects.toBe(thrown)
      expect(await ids()).toEqual([])
    })

    test('rolls back when a statement fails, also when its error is swallowed', async () => {
      await expect(
        db.transaction(async (tx) => {
          await tx.query('insert into notes (id) values (1)')
          await tx.query('select nothing').catch(() => undefined)
        }),
      ).rejects.toMatchObject({ code: 'internal' })
      expect(await ids()).toEqual([])
    })

    test('goes on after a failure within a savepoint', async () => {
      await db.transaction(async (tx) => {
        await tx.query('insert into notes (id) values (1)')
        await tx.query('savepoint before')
        await tx.query('insert into notes (id) values (1)').catch(() => undefined)
        await tx.query('rollback to savepoint before')
        await tx.query('insert into notes (id) values (2)')
      })
      expect(await ids()).toEqual([1n, 2n])
    })

    test('runs statements that are sent at once one after the other', async () => {
      await db.transaction((tx) =>
        Promise.all(
          [1, 2, 3].map((id) => tx.query('insert into notes (id) values ($1::int8)', [id])),
        ),
      )
      expect(await ids()).toEqual([1n, 2n, 3n])
    })

    test('refuses statements once it is over', async () => {
      const tx = await db.transaction(async (inner) => inner)
      await expect(tx.query('select 1')).rejects.toMatchObject({ code: 'internal' })
    })

    test('reads committed, and hides what is not committed from others', async () => {
      expect(
        await db.transaction(async (tx) => (await tx.query('show transaction_isolation')).rows),
      ).toEqual([{ transaction_isolation: 'read committed' }])
      const [during, after] = await Promise.all([
        db.transaction(async (tx) => {
          await tx.query('insert into notes (id) values (1)')
          return (await tx.query('select id from notes')).rowCount
        }),
        db.transaction(
          async (tx) => (await tx.query('select id from notes where id = 2')).rowCount,
        ),
      ])
      expect([during, after]).toEqual([1, 0])
    })

    test('keeps many at once apart', async () => {
      await db.query('insert into notes (id, text) values (1, $1::text)', ['0'])
      await Promise.all(
        Array.from({ length: 20 }, () =>
          db.transaction(async (tx) => {
            const { rows } = await tx.query<{ text: string }>(
              'select text from notes where id = 1 for update',
            )
            await tx.query('update notes set text = $1::text where id = 1', [
              String(Number(rows[0]?.text) + 1),
            ])
          }),
        ),
      )
      expect(await one('select text as value from notes')).toBe('20')
    })
  })

  test.runIf(name === 'postgres')('lets others work beside an open transaction', async () => {
    const seen = await db.transaction(async (tx) => {
      await tx.query('insert into notes (id) values (1)')
      return ids()
    })
    expect(seen).toEqual([])
  })

  test('goes on after any number of failures', async () => {
    for (let round = 0; round < 30; round += 1) {
      await expect(db.query('select nothing', [])).rejects.toThrow()
      await expect(db.transaction((tx) => tx.query('select nothing'))).rejects.toThrow()
    }
    expect(await one('select 1 as value')).toBe(1)
  })
})
