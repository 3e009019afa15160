import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { testDatabases } from '../../test/support/database.ts'
import type { Database } from '../store/database.ts'
import { createIntake, type Intake, type Submission } from './intake.ts'

function event(id: string, change: Partial<Submission> & { text?: string } = {}): Submission {
  const { text, ...rest } = change
  return {
    account: '',
    livemode: false,
    id,
    type: 'customer.updated',
    created: 1_790_000_000,
    body: Buffer.from(text ?? JSON.stringify({ id, pending_webhooks: 1 })),
    ...rest,
  }
}

/** The same database, and the statements that went to it. */
function counting(database: Database): Database & { statements: string[] } {
  const statements: string[] = []
  return {
    ...database,
    statements,
    query(text, parameters) {
      statements.push(text)
      return database.query(text, parameters)
    },
  }
}

async function stored(database: Database): Promise<{ id: string; text: string }[]> {
  const { rows } = await database.query<{ id: string; text: string }>(
    `select id, convert_from(body, 'UTF8') as text from proviso.observations order by seq`,
  )
  return rows
}

describe.each(testDatabases)('intake on $name', ({ open }) => {
  let database: Database
  let intake: Intake
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(async () => {
    await database.query('truncate proviso.observations')
    intake = createIntake(database)
  })
  afterEach(() => intake.close())
  afterAll(() => database.close())

  test('answers after the commit, with the row as it was signed', async () => {
    const body = new Uint8Array([0, 255, 10, 39, 92])
    const answer = await intake.submit(
      event('evt_1', { account: 'acct_1', livemode: true, body, kind: 'read' }),
    )

    expect(answer).toEqual({ isNew: true })
    const { rows } = await database.query(
      `select account, livemode, id, kind, type, created, is_pending, problem, body, length(hash) as hash
       from proviso.observations`,
    )
    expect(rows).toEqual([
      {
        account: 'acct_1',
        livemode: true,
        id: 'evt_1',
        kind: 'read',
        type: 'customer.updated',
        created: 1_790_000_000n,
        is_pending: true,
        problem: null,
        body,
        hash: 32,
      },
    ])
  })

  test('sends a lone event as one plain statement', async () => {
    const counted = counting(database)
    const lone = createIntake(counted)

    await lone.submit(event('evt_1'))

    expect(counted.statements).toHaveLength(1)
    expect(counted.statements[0]).toMatch(/^\s*insert into proviso.observations/)
    expect(lone.stats).toMatchObject({ statements: 1, inserted: 1, waiting: 0 })
  })

  test('commits the events of 64 senders in few statements, each with its own body', async () => {
    const rounds = 20
    const senders = Array.from({ length: 64 }, async (_, sender) => {
      for (let round = 0; round < rounds; round += 1) {
        await intake.submit(event(`evt_${sender}_${round}`))
      }
    })
    await Promise.all(senders)

    expect(intake.stats.inserted).toBe(64 * rounds)
    expect(intake.stats.statements / intake.stats.inserted).toBeLessThanOrEqual(0.05)
    const rows = await stored(database)
    expect(new Set(rows.map((row) => row.id)).size).toBe(64 * rounds)
    expect(rows.filter((row) => JSON.parse(row.text).id !== row.id)).toEqual([])
  })

  test('takes a second delivery for a duplicate, together or later, whatever pending_webhooks says', async () => {
    const answers = await Promise.all([
      intake.submit(event('evt_1', { text: '{"id":"evt_1","pending_webhooks":2}' })),
      intake.submit(event('evt_1', { text: '{"id":"evt_1","pending_webhooks":1}' })),
    ])
    const later = await intake.submit(
      event('evt_1', { text: '{"id":"evt_1","pending_webhooks":0}' }),
    )

    expect(answers).toEqual([{ isNew: true }, { isNew: false }])
    expect(later).toEqual({ isNew: false })
    expect(await stored(database)).toHaveLength(1)
    expect(intake.stats).toMatchObject({ submitted: 3, inserted: 1, duplicates: 2 })
  })

  test('keeps one event id in two shapes, modes and accounts as rows of their own', async () => {
    const answers = await Promise.all([
      intake.submit(event('evt_1', { text: '{"a":1}' })),
      intake.submit(event('evt_1', { text: '{"a": 1}' })),
      intake.submit(event('evt_1', { text: '{"a":1}', livemode: true })),
      intake.submit(event('evt_1', { text: '{"a":1}', account: 'acct_1' })),
    ])

    expect(answers.map((answer) => answer.isNew)).toEqual([true, true, true, true])
    expect(await stored(database)).toHaveLength(4)
  })

  test('fails a row the database cannot hold, and none of its neighbours', async () => {
    const events = Array.from({ length: 20 }, (_, index) => event(`evt_${index}`))
    events[7] = event('evt_7', { type: 'nul\u0000character' })
    events[13] = event('evt_13', { created: Number.NaN })

    const answers = await Promise.allSettled(events.map((one) => intake.submit(one)))

    const rejected = answers.flatMap((answer, index) =>
      answer.status === 'rejected' ? [index] : [],
    )
    expect(rejected).toEqual([7, 13])
    expect(await stored(database)).toHaveLength(18)
    expect(intake.stats).toMatchObject({ inserted: 18, failed: 2, waiting: 0 })
  })

  test('cuts what waits into statements of bounded rows and bytes', async () => {
    const small = createIntake(database, { maxRows: 3, maxBytes: 100 })
    const big = event('evt_big', { text: 'x'.repeat(500) })

    await Promise.all([
      ...Array.from({ length: 7 }, (_, index) => small.submit(event(`evt_${index}`))),
      small.submit(big),
    ])

    expect(small.stats).toMatchObject({ inserted: 8, largestBatch: 2 })
    expect((await stored(database)).at(-1)?.text).toHaveLength(500)
  })

  test('refuses when too much waits, and takes more afterwards', async () => {
    const small = createIntake(database, { maxWaitingBytes: 100 })
    const first = small.submit(event('evt_1', { text: 'x'.repeat(90) }))

    await expect(small.submit(event('evt_2', { text: 'x'.repeat(20) }))).rejects.toMatchObject({
      code: 'database_unavailable',
      isRetryable: true,
    })
    await first
    expect(await small.submit(event('evt_2', { text: 'x'.repeat(20) }))).toEqual({ isNew: true })
  })

  test('answers all that was submitted before it closes, and nothing after', async () => {
    const answers = Promise.all([intake.submit(event('evt_1')), intake.submit(event('evt_2'))])

    await intake.close()

    expect(intake.stats.waiting).toBe(0)
    expect(await answers).toHaveLength(2)
    await expect(intake.submit(event('evt_3'))).rejects.toMatchObject({ code: 'shutting_down' })
  })

  test('tells of rows that were added, and not of duplicates', async () => {
    const onInserted = vi.fn()
    const telling = createIntake(database, { onInserted })

    await Promise.all([telling.submit(event('evt_1')), telling.submit(event('evt_2'))])
    await telling.submit(event('evt_1'))

    expect(onInserted.mock.calls).toEqual([[2]])
  })
})

describe.each(testDatabases.filter(({ name }) => name === 'postgres'))(
  'intake beside other sessions on $name',
  ({ open }) => {
    let database: Database
    beforeEach(async () => {
      database = await open()
    })
    afterEach(() => database.close())

    async function waitingBackend(): Promise<number> {
      return vi.waitFor(
        async () => {
          const { rows } = await database.query<{ pid: number }>(
            `select pid from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'
               and query ilike '%insert into proviso.observations%' and pid <> pg_backend_pid()`,
          )
          if (rows[0] === undefined) throw new Error('No insert waits for a lock.')
          return rows[0].pid
        },
        { timeout: 20_000, interval: 20 },
      )
    }

    test('rejects what was under way when the connection breaks, and recovers by itself', async () => {
      const intake = createIntake(database)

      const lost = await database.transaction(async (tx) => {
        await tx.query('lock table proviso.observations in exclusive mode')
        const answers = Promise.allSettled([
          intake.submit(event('evt_1')),
          intake.submit(event('evt_2')),
        ])
        await database.query('select pg_terminate_backend($1::int4)', [await waitingBackend()])
        return answers
      })

      expect(lost.map((answer) => answer.status)).toEqual(['rejected', 'rejected'])
      expect(lost[0]).toMatchObject({
        reason: { code: 'database_unavailable', isRetryable: true },
      })
      expect(await intake.submit(event('evt_1'))).toEqual({ isNew: true })
      expect(intake.stats).toMatchObject({ inserted: 1, failed: 2, waiting: 0 })
    })

    test('repeats a statement that the database chose as victim of a deadlock', async () => {
      const intake = createIntake(database)
      const insert = `insert into proviso.observations (account, livemode, id, hash, kind, type, created, body)
        select account, livemode, $1::text, hash, kind, type, created, body
        from proviso.observations where id = $2::text`
      // Rows whose keys equal those of the events below: rows may be copied, hashes not guessed.
      const twin = (id: string): Submission => event(id, { text: '{}' })
      await intake.submit(twin('evt_seed'))

      const answers = await database.transaction(async (tx) => {
        // The other session must not be the one that finds the deadlock.
        await tx.query(`set local deadlock_timeout = '60s'`)
        await tx.query(insert, ['evt_b', 'evt_seed'])
        const submitted = Promise.all([intake.submit(twin('evt_a')), intake.submit(twin('evt_b'))])
        await waitingBackend()
        await tx.query(insert, ['evt_a', 'evt_seed'])
        return { submitted }
      })

      expect(await answers.submitted).toEqual([{ isNew: false }, { isNew: false }])
      expect(intake.stats).toMatchObject({ inserted: 1, duplicates: 2, failed: 0 })
      // The seed, the victim, the repetition. One that is quicker than the other session takes its
      // first row again and is chosen again; the attempts are bounded, and none of them is a failure.
      expect(intake.stats.statements).toBeGreaterThanOrEqual(1 + 2)
      expect(intake.stats.statements).toBeLessThanOrEqual(1 + 5)
    })
  },
)
