import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Need } from '../../src/core/decision.ts'
import type { Scope } from '../../src/core/fact.ts'
import { createIntake, type Intake } from '../../src/engine/intake.ts'
import { createNeedsWorker, type NeedsWorker } from '../../src/engine/needs/needs-worker.ts'
import { silentLog } from '../../src/log.ts'
import type { Database } from '../../src/store/database.ts'
import { claimNeeds, raiseNeeds, withdrawNeeds } from '../../src/store/statements/needs.ts'
import { createReader, type Reader } from '../../src/stripe/reads.ts'
import { testDatabases } from '../support/database.ts'
import {
  apiError,
  startApiServer,
  type ApiAnswer,
  type ApiServer,
} from '../support/stripe-api-server.ts'

const BOUND = { timeout: 20_000, interval: 10 }
const NOW = { delaySeconds: 0 }

function need(object: string, given: Partial<Scope & Need> = {}): Scope & Need {
  return {
    account: '',
    livemode: false,
    type: 'subscription',
    object,
    reason: 'two snapshots of one second',
    ...given,
  }
}

interface StoredNeed {
  object: string
  is_open: boolean
  /** Seconds until it is read. */
  due_in: number | null
  attempts: number
  last_error: string | null
}

describe.each(testDatabases)('needs on $name', ({ name, open }) => {
  let db: Database
  let intake: Intake
  let server: ApiServer
  let answers: Map<string, ApiAnswer>
  let reader: Reader
  let worker: NeedsWorker
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await db.query('truncate proviso.needs, proviso.observations')
    answers = new Map()
    server = await startApiServer(({ path }) => answers.get(path))
    reader = createReader({
      apiKey: 'sk_test_1',
      host: '127.0.0.1',
      port: server.port,
      protocol: 'http',
      perSecond: 1000,
    })
    intake = createIntake(db)
    worker = createNeedsWorker({ db, intake, reader, log: silentLog, pollMs: 20 })
    return async () => {
      await worker.close()
      await intake.close()
      await server[Symbol.asyncDispose]()
    }
  })
  afterAll(() => db.close())

  function holds(object: string, json: object = {}): void {
    answers.set(`/v1/subscriptions/${object}`, {
      json: { id: object, object: 'subscription', livemode: false, status: 'active', ...json },
    })
  }

  async function stored(): Promise<StoredNeed[]> {
    const { rows } = await db.query<StoredNeed>(
      `select object, due_at is not null as is_open, attempts, last_error,
         round(extract(epoch from due_at - clock_timestamp()))::float8 as due_in
       from proviso.needs order by object`,
    )
    return rows
  }

  async function readings(): Promise<{ row: Record<string, unknown>; body: unknown }[]> {
    const { rows } = await db.query<Record<string, unknown> & { body: Uint8Array }>(
      `select id, kind, type, created, account, livemode, body from proviso.observations order by seq`,
    )
    return rows.map(({ body, ...row }) => ({ row, body: JSON.parse(Buffer.from(body).toString()) }))
  }

  test('a due need is read once, and the answer is an observation', async () => {
    holds('sub_1')
    await raiseNeeds(db, [need('sub_1'), need('sub_1', { reason: 'asked twice' })], NOW)

    expect(await worker.runOnce()).toBe(1)
    expect(await worker.runOnce()).toBe(0)

    const [reading, ...others] = await readings()
    expect(others).toEqual([])
    expect(reading).toMatchObject({
      row: { kind: 'read', type: 'proviso.read.subscription', account: '', livemode: false },
      body: {
        object: 'proviso.read',
        type: 'subscription',
        id: 'sub_1',
        result: { id: 'sub_1', status: 'active' },
      },
    })
    expect(reading?.row['id']).toMatch(/^read_[0-9a-f]{32}$/)
    expect(reading?.row['created']).toBe(
      BigInt((reading?.body as { requested_at: number }).requested_at),
    )
    expect(await stored()).toMatchObject([{ is_open: false, attempts: 1, last_error: null }])
  })

  test('what Stripe does not know is an answer too', async () => {
    await raiseNeeds(db, [need('sub_gone')], NOW)

    expect(await worker.runOnce()).toBe(1)
    expect((await readings())[0]?.body).toMatchObject({ id: 'sub_gone', result: null })
    expect(await stored()).toMatchObject([{ is_open: false }])
  })

  test('a need waits for its delay, and raising it again does not put it off', async () => {
    await raiseNeeds(db, [need('sub_1')], { delaySeconds: 600 })
    await raiseNeeds(db, [need('sub_1')], { delaySeconds: 6000 })

    expect(await worker.runOnce()).toBe(0)
    expect((await stored())[0]?.due_in).toBeGreaterThan(500)
    expect((await stored())[0]?.due_in).toBeLessThanOrEqual(600)
  })

  test('asking again for what is overdue writes nothing, so a service without a key stays quiet', async () => {
    await raiseNeeds(db, [need('sub_1')], NOW)
    const version = async () =>
      (await db.query('select xmin::text, raised_at from proviso.needs')).rows
    const before = await version()
    await raiseNeeds(db, [need('sub_1')], NOW)

    expect(await version()).toEqual(before)
  })

  test('a question that reads do not settle is asked again later and later, never in a loop', async () => {
    holds('sub_1')
    await raiseNeeds(db, [need('sub_1')], NOW)
    const waits: (number | null | undefined)[] = []
    for (let round = 0; round < 6; round += 1) {
      await worker.runOnce()
      await raiseNeeds(db, [need('sub_1')], NOW)
      waits.push((await stored())[0]?.due_in)
      await db.query('update proviso.needs set due_at = clock_timestamp()')
    }

    for (const [index, expected] of [240, 960, 3840, 15360, 21600, 21600].entries()) {
      expect(waits[index]).toBeGreaterThan(expected - 60)
      expect(waits[index]).toBeLessThanOrEqual(expected)
    }
  })

  test('after a quiet day a question is new again', async () => {
    holds('sub_1')
    await raiseNeeds(db, [need('sub_1')], NOW)
    await worker.runOnce()
    await db.query(`update proviso.needs set raised_at = raised_at - interval '25 hours'`)
    await raiseNeeds(db, [need('sub_1')], NOW)

    expect(await worker.runOnce()).toBe(1)
    expect(await stored()).toMatchObject([{ is_open: false, attempts: 1 }])
  })

  test('a verdict that still asks after it saw the answer is not lost to the reader’s own note', async () => {
    holds('sub_1')
    await raiseNeeds(db, [need('sub_1')], NOW)
    const racing = createNeedsWorker({
      db,
      // Settle is quick: it judges the answer and asks again before the reader has noted it.
      intake: {
        async submit(event) {
          const result = await intake.submit(event)
          await raiseNeeds(db, [need('sub_1')], NOW)
          return result
        },
      },
      reader,
      log: silentLog,
    })
    await racing.runOnce()

    const [row] = await stored()
    expect(row).toMatchObject({ is_open: true, attempts: 1 })
    expect(row?.due_in).toBeGreaterThan(200)
    await racing.close()
  })

  test('a need taken back while it is read stays so', async () => {
    holds('sub_1')
    await raiseNeeds(db, [need('sub_1')], NOW)
    const racing = createNeedsWorker({
      db,
      intake: {
        async submit(event) {
          await withdrawNeeds(db, [need('sub_1')])
          return intake.submit(event)
        },
      },
      reader,
      log: silentLog,
    })
    await racing.runOnce()

    expect(await stored()).toEqual([])
    await racing.close()
  })

  test('taking back forgets what was never read, and keeps the rest as satisfied', async () => {
    holds('sub_read')
    await raiseNeeds(db, [need('sub_read')], NOW)
    await worker.runOnce()
    await raiseNeeds(db, [need('sub_read'), need('sub_new'), need('sub_wanted')], NOW)
    await withdrawNeeds(db, [need('sub_read'), need('sub_new'), need('sub_unknown')])

    expect(await stored()).toMatchObject([
      { object: 'sub_read', is_open: false, attempts: 1 },
      { object: 'sub_wanted', is_open: true },
    ])
    await withdrawNeeds(db, [need('sub_read')])
    expect(await stored()).toHaveLength(2)
  })

  test('what Stripe cannot answer now is asked again after a backoff, which an answer ends', async () => {
    answers.set('/v1/subscriptions/sub_1', {
      status: 429,
      headers: { 'retry-after': '20' },
      json: apiError('rate_limit', 'Too many requests'),
    })
    await raiseNeeds(db, [need('sub_1')], NOW)

    expect(await worker.runOnce()).toBe(0)

    const [row] = await stored()
    expect(row).toMatchObject({ is_open: true, attempts: 1 })
    expect(row?.last_error).toMatch(/Too many requests/)
    expect(row?.due_in).toBeGreaterThan(5)
    expect(row?.due_in).toBeLessThanOrEqual(20)
    expect(await readings()).toEqual([])
  })

  test('what Stripe refuses is asked again in an hour, and the refusal can be seen', async () => {
    answers.set('/v1/subscriptions/sub_1', {
      status: 403,
      json: apiError('more_permissions_required', 'The key may not read subscriptions'),
    })
    await raiseNeeds(db, [need('sub_1'), need('sub_live', { livemode: true })], NOW)

    expect(await worker.runOnce()).toBe(0)

    const rows = await stored()
    expect(rows[0]?.last_error).toMatch(/may not read subscriptions/)
    expect(rows[1]?.last_error).toMatch(/live mode/)
    for (const row of rows) expect(row.due_in).toBeGreaterThan(3500)
    expect(server.requests).toHaveLength(1)
  })

  test('a reader that breaks on one question answers the others', async () => {
    holds('sub_2')
    await raiseNeeds(db, [need('sub_1'), need('sub_2')], NOW)
    const breaking = createNeedsWorker({
      db,
      intake,
      reader: {
        async read(asked, scope) {
          if (asked.object === 'sub_1') throw new TypeError('a bug')
          return reader.read(asked, scope)
        },
      },
      log: silentLog,
    })

    expect(await breaking.runOnce()).toBe(1)
    expect(await stored()).toMatchObject([
      { object: 'sub_1', is_open: true, last_error: 'a bug' },
      { object: 'sub_2', is_open: false },
    ])
    await breaking.close()
  })

  test('an answer that could not be made durable is asked for again', async () => {
    holds('sub_1')
    await raiseNeeds(db, [need('sub_1')], NOW)
    const failing = createNeedsWorker({
      db,
      intake: { submit: () => Promise.reject(new Error('the disk is full')) },
      reader,
      log: silentLog,
    })

    await expect(failing.runOnce()).rejects.toThrow('the disk is full')
    expect(await stored()).toMatchObject([{ is_open: true, attempts: 0 }])
    expect(await worker.runOnce()).toBe(0)

    await db.query('update proviso.needs set due_at = clock_timestamp()')
    expect(await worker.runOnce()).toBe(1)
    await failing.close()
  })

  test('nothing is read without a key, and needs stay listed', async () => {
    const keyless = createNeedsWorker({ db, intake, reader: null, log: silentLog })
    await raiseNeeds(db, [need('sub_1')], NOW)
    keyless.start()

    expect(await keyless.runOnce()).toBe(0)
    expect(await stored()).toMatchObject([{ is_open: true, attempts: 0 }])
    await keyless.close()
  })

  test('a limit and a budget bound a round', async () => {
    for (let n = 0; n < 9; n += 1) holds(`sub_${n}`)
    await raiseNeeds(
      db,
      Array.from({ length: 9 }, (_, n) => need(`sub_${n}`)),
      NOW,
    )

    expect(await worker.runOnce({ limit: 5 })).toBe(5)
    expect(await worker.runOnce({ budgetMs: 0 })).toBe(0)
    expect(await worker.runOnce()).toBe(4)
  })

  test('a started worker reads what becomes due, and stops when closed', async () => {
    holds('sub_1')
    worker.start()
    await raiseNeeds(db, [need('sub_1')], NOW)
    await vi.waitFor(async () => expect(await stored()).toMatchObject([{ is_open: false }]), BOUND)
    await worker.close()
    await raiseNeeds(db, [need('sub_2')], NOW)

    expect(await worker.runOnce()).toBe(0)
  })

  test.runIf(name === 'postgres')('several processes never read one need twice', async () => {
    for (let n = 0; n < 60; n += 1) holds(`sub_${n}`)
    await raiseNeeds(
      db,
      Array.from({ length: 60 }, (_, n) => need(`sub_${n}`)),
      NOW,
    )
    const workers = Array.from({ length: 3 }, () =>
      createNeedsWorker({ db, intake, reader, log: silentLog }),
    )

    const counts = await Promise.all(workers.map((one) => one.runOnce()))
    await Promise.all(workers.map((one) => one.close()))

    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60)
    expect(server.requests).toHaveLength(60)
    expect(await readings()).toHaveLength(60)
  })

  test.runIf(name === 'postgres')(
    'a withdrawal waits for nobody, and a claim passes by what is locked',
    async () => {
      await raiseNeeds(db, [need('sub_1'), need('sub_2')], NOW)
      let finish = (): void => {}
      const finished = new Promise<void>((resolve) => {
        finish = resolve
      })
      let locked = (): void => {}
      const isLocked = new Promise<void>((resolve) => {
        locked = resolve
      })
      const holding = db.transaction(async (tx) => {
        await tx.query(`select 1 from proviso.needs where object = 'sub_1' for update`)
        locked()
        await finished
      })
      await isLocked
      await withdrawNeeds(db, [need('sub_1')])
      const claimed = await claimNeeds(db, { limit: 10, leaseSeconds: 60 })
      finish()
      await holding

      expect(claimed.map((one) => one.object)).toEqual(['sub_2'])
      expect(await stored()).toHaveLength(2)
    },
  )
})
