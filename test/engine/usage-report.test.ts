/** Usage is told to a whole Stripe that answers badly: every unit counts there, and none twice. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import Stripe from 'stripe'
import type { Engine } from '../../src/engine/engine.ts'
import type { Database } from '../../src/store/database.ts'
import type { StripeClient } from '../../src/stripe/client.ts'
import { testDatabases } from '../support/database.ts'
import { emptyDatabase } from '../support/engine.ts'
import { seeded } from '../support/seeded.ts'
import { openMeteredShop, type MeteredShop } from './usage-report-fixture.ts'

const DAY = 86_400

/** Something that one waits for and another gives. */
function signal(): { given: Promise<void>; give: () => void } {
  let give = (): void => {}
  const given = new Promise<void>((resolve) => (give = resolve))
  return { given, give: () => give() }
}

describe.each(testDatabases.filter(({ name }) => name === 'postgres'))('$name', ({ open }) => {
  let database: Database
  let shop: MeteredShop
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(async ({ task }) => {
    await emptyDatabase(database)
    shop = await openMeteredShop(database, task.name)
  })
  afterEach(() => shop.close())
  afterAll(() => database.close())

  async function start(...customers: string[]): Promise<{ engine: Engine; payers: string[] }> {
    const engine = await shop.open()
    const payers: string[] = []
    for (const customer of customers) payers.push(await shop.subscribe(customer))
    await shop.hear(engine)
    return { engine, payers }
  }

  /** Uses of 1 to 9 within the last days; answers their sum. */
  async function use(engine: Engine, customer: string, count: number, days = 2): Promise<number> {
    const random = seeded(`${customer} ${count}`)
    const events = Array.from({ length: count }, (_, index) => ({
      customer,
      feature: 'calls',
      id: `${customer}_${days}_${index}`,
      quantity: 1 + random.below(9),
      at: shop.sandbox.now() - random.below(days * DAY),
    }))
    const lines = await engine.trackMany(events)
    expect(lines.filter(({ ok }) => !ok)).toEqual([])
    return events.reduce((sum, { quantity }) => sum + quantity, 0)
  }

  test('reports the usage of an hour as one meter event, to whoever pays for it', async () => {
    const { engine, payers } = await start('ada', 'bob')
    const at = shop.sandbox.now()
    await engine.track({ customer: 'ada', feature: 'calls', quantity: 3, at })
    await engine.track({ customer: 'ada', feature: 'calls', quantity: 4, at: at + 1 })
    await engine.track({ customer: 'bob', feature: 'calls', quantity: 5, at })
    expect(await engine.tick()).toMatchObject({ reported: 2 })
    expect(payers.map((payer) => shop.counted(payer))).toEqual([7, 5])
    expect(await shop.reports()).toMatchObject([
      { status: 'accepted', meter: 'calls', due_at: null },
      { status: 'accepted', meter: 'calls', due_at: null },
    ])
    expect(await engine.tick()).toMatchObject({ reported: 0 })
  })

  test('counts every unit once under 429s, 500s and answers that are lost, by two at once', async () => {
    const { engine, payers } = await start('ada', 'bob')
    const other = await shop.open()
    await shop.sandbox.advance({ days: 10 })
    await shop.hear(engine)
    const sums = [await use(engine, 'ada', 400), await use(other, 'bob', 400)]
    shop.sandbox.faults({
      ...{ rateLimit: 0.02, error: 0.1, errorAfter: 0.1, close: 0.05, closeAfter: 0.1 },
      ...{ timeout: 0.02, timeoutAfter: 0.05 },
    })
    await shop.reportAll(engine, other)
    expect(payers.map((payer) => shop.counted(payer))).toEqual(sums)
    expect(new Set((await shop.reports()).map(({ status }) => status))).toEqual(
      new Set(['accepted']),
    )
  })

  test('settles what was in doubt for more than a day by what Stripe counts', async () => {
    const { engine, payers } = await start('ada', 'bob')
    await shop.sandbox.advance({ days: 10 })
    await shop.hear(engine)
    // The keys of the meter are known already.
    await engine.track({ customer: 'ada', feature: 'calls' })
    await engine.tick()
    const sums = [1 + (await use(engine, 'ada', 60)), await use(engine, 'bob', 60)]
    // Half of what is sent arrives, and no answer does.
    shop.sandbox.faults({ errorAfter: 0.5, error: 0.5 })
    await engine.tick()
    const doubted = await shop.reports()
    expect(doubted.filter(({ status }) => status === 'doubt').length).toBeGreaterThan(20)
    await engine.close()

    await shop.sandbox.advance({ hours: 25 })
    shop.sandbox.faults({ errorAfter: 0, error: 0 })
    const next = await shop.open()
    await shop.hear(next)
    const more = await use(next, 'ada', 60, 1)
    await shop.reportAll(next)
    expect(payers.map((payer) => shop.counted(payer))).toEqual([(sums[0] ?? 0) + more, sums[1]])
    const reports = await shop.reports()
    expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(['accepted']))
    // Some had come through, and some are sent under another identifier.
    expect(new Set(reports.map(({ generation }) => generation))).toEqual(new Set([0, 1]))
  })

  test('believes no 429 that answers what the SDK repeated by itself on a closed connection', async () => {
    const { engine, payers } = await start('ada')
    const counted = () => payers.map((payer) => shop.counted(payer))
    const at = shop.sandbox.now()
    // The keys of the meter are known already.
    await engine.track({ customer: 'ada', feature: 'calls', quantity: 1, at: at - 3600 })
    await engine.tick()
    await engine.track({ customer: 'ada', feature: 'calls', quantity: 3, at })
    // Given a report that Stripe counts, whose connection closes, and whose repetition is refused
    shop.sandbox.faults({ closeAfter: 1 })
    const round = engine.tick()
    await vi.waitFor(() => expect(counted()).toEqual([4]), { timeout: 20_000, interval: 1 })
    shop.sandbox.faults({ closeAfter: 0, rateLimit: 1 })
    await round
    shop.sandbox.faults({ rateLimit: 0 })
    expect((await shop.reports()).at(-1)).toMatchObject({
      status: 'doubt',
      last_error: expect.stringContaining('limit') as string,
    })
    // When more is used in that hour
    await engine.track({ customer: 'ada', feature: 'calls', quantity: 5, at })
    await shop.reportAll(engine)
    // Then every unit counts, once
    expect(counted()).toEqual([9])
  })

  test.each([
    [429, 'rate_limit_error'],
    [400, 'invalid_request_error'],
  ] as const)(
    'believes no %i once another process has sent the report as well',
    async (status, type) => {
      const { engine, payers } = await start('ada')
      const at = shop.sandbox.now()
      await engine.track({ customer: 'ada', feature: 'calls', quantity: 3, at })
      const client = await shop.client()
      const sending = (send: StripeClient['rawRequest']): StripeClient => ({
        rawRequest: (method, path, ...rest) =>
          path.endsWith('/meter_events')
            ? send(method, path, ...rest)
            : client.rawRequest(method, path, ...rest),
      })
      // Given one process that was about to send, and another that took it for dead and sent
      const slow = signal()
      const refused = signal()
      const slept = await shop.open({
        stripe: sending(async () => {
          slow.give()
          await refused.given
          throw Stripe.errors.StripeError.generate({ message: 'No', type, statusCode: status })
        }),
      })
      const sent = signal()
      const answered = signal()
      const awake = await shop.open({
        stripe: sending(async (...request) => {
          const answer = await client.rawRequest(...request)
          sent.give()
          await answered.given
          return answer
        }),
      })
      const first = slept.tick()
      await slow.given
      await database.query('update proviso.usage_reports set due_at = clock_timestamp()')
      const second = awake.tick()
      await sent.given
      // When the first is refused, and more is used in that hour before the second has its answer
      refused.give()
      await first
      await engine.track({ customer: 'ada', feature: 'calls', quantity: 4, at })
      await shop.reportAll(engine)
      answered.give()
      await second
      await shop.reportAll(engine)
      // Then every unit counts, once
      expect(payers.map((payer) => shop.counted(payer))).toEqual([7])
      expect((await shop.reports()).map(({ status }) => status)).toEqual(['accepted', 'accepted'])
    },
  )

  test('goes on where a process stopped in the middle', async () => {
    const { engine, payers } = await start('ada')
    await shop.sandbox.advance({ days: 10 })
    await shop.hear(engine)
    const sum = await use(engine, 'ada', 300)
    shop.sandbox.faults({ closeAfter: 0.3 })
    const round = engine.tick()
    await engine.close()
    await round.catch(() => undefined)
    const next = await shop.open()
    await shop.reportAll(next)
    expect(payers.map((payer) => shop.counted(payer))).toEqual([sum])
  })
})
