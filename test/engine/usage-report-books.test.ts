/** What becomes of usage that cannot be reported as it is: too late, refused, or taken back. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import Stripe from 'stripe'
import type { Policy } from '../../src/core/catalog.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { ReportsQuery } from '../../src/engine/usage/report-contract.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import { emptyDatabase } from '../support/engine.ts'
import { openMeteredShop, type MeteredShop } from './usage-report-fixture.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const PERIOD = 28 * DAY

describe.each(testDatabases.filter(({ name }) => name === 'postgres'))('$name', ({ open }) => {
  let database: Database
  let shop: MeteredShop
  let engine: Engine
  let payer: string
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(async ({ task }) => {
    await emptyDatabase(database)
    shop = await openMeteredShop(database, task.name)
  })
  afterEach(() => shop.close())
  afterAll(() => database.close())

  async function start(policy: Partial<Policy> = {}): Promise<void> {
    engine = await shop.open({ policy })
    payer = await shop.subscribe('ada')
    await shop.hear(engine)
  }

  const track = (quantity: number, id: string, at = shop.sandbox.now()) =>
    engine.track({ customer: 'ada', feature: 'calls', quantity, id, at })
  const listed = async (query: ReportsQuery = {}) => (await engine.usageReports(query)).reports
  const statuses = async () => (await shop.reports()).map(({ status }) => status)

  test('usage of two periods in one hour is reported apart, and billed apart', async () => {
    await start()
    const start_ = shop.sandbox.now()
    await shop.sandbox.advance({ seconds: PERIOD - 30 })
    await track(5, 'before')
    await shop.sandbox.advance({ seconds: 60 })
    await shop.hear(engine)
    await track(7, 'after')
    // One of an hour after the other.
    await shop.reportAll(engine)
    expect((await shop.reports()).map(({ at }) => Number(at) - start_)).toEqual([
      PERIOD - 30,
      PERIOD + 30,
    ])
    await shop.sandbox.advance({ days: 2 })
    const { data } = await shop.api.invoices.list({ customer: payer })
    expect(data).toMatchObject([{ total: 5, status: 'paid' }])
  })

  test('what was used a moment before the first period is billed in it', async () => {
    const early = shop.sandbox.now() - 60
    await start()
    await track(5, 'early', early)
    await shop.reportAll(engine)
    expect((await shop.reports()).map(({ at }) => Number(at) - early)).toEqual([60])
    await shop.sandbox.advance({ seconds: PERIOD + 2 * DAY })
    const { data } = await shop.api.invoices.list({ customer: payer })
    expect(data).toMatchObject([{ total: 5, status: 'paid' }])
  })

  test('usage that comes after its invoice is final is billed with the next', async () => {
    await start()
    await shop.sandbox.advance({ seconds: PERIOD + 2 * DAY })
    await shop.hear(engine)
    await track(9, 'late', shop.sandbox.now() - 3 * DAY)
    expect(await engine.tick()).toMatchObject({ reported: 1 })
    expect(await shop.reports()).toMatchObject([{ at: BigInt(shop.sandbox.now()) }])
    expect(shop.counted(payer)).toBe(9)
  })

  test('or is dropped and listed where policy says so', async () => {
    await start({ lateUsage: 'drop' })
    await shop.sandbox.advance({ seconds: PERIOD + 2 * DAY })
    await shop.hear(engine)
    await track(9, 'late', shop.sandbox.now() - 3 * DAY)
    await track(1, 'in time')
    await shop.reportAll(engine)
    expect(await listed({ status: 'dropped' })).toMatchObject([
      { quantity: 9, code: 'usage_too_late', message: expect.stringContaining('final') as string },
    ])
    expect(shop.counted(payer)).toBe(1)
  })

  test('usage of nobody that Stripe knows waits, and goes out once somebody pays', async () => {
    await start()
    await engine.grant({ customer: 'eve', feature: 'calls', value: null })
    await engine.track({ customer: 'eve', feature: 'calls', quantity: 4 })
    await engine.tick()
    expect(await listed({ status: 'waiting' })).toMatchObject([
      { customer: 'eve', stripeCustomer: null, message: expect.stringContaining('eve') as string },
    ])
    const eve = await shop.subscribe('eve')
    await shop.hear(engine)
    await shop.reportAll(engine)
    expect(shop.counted(eve)).toBe(4)
  })

  test.each([
    [0, 60],
    [8 * HOUR, 2 * HOUR],
    [10 * DAY, 6 * HOUR],
  ])(
    'usage of nobody is looked at the more seldom the older it is: %i s, %i s',
    async (age, wait) => {
      await start()
      await shop.sandbox.advance({ seconds: 12 * DAY })
      await shop.hear(engine)
      await engine.grant({ customer: 'eve', feature: 'calls', value: null })
      const at = shop.sandbox.now() - age
      await engine.track({ customer: 'eve', feature: 'calls', quantity: 4, at })
      await engine.tick()
      const { rows } = await database.query<{ seconds: number }>(
        `select extract(epoch from due_at - clock_timestamp())::float8 as seconds
      from proviso.usage_reports where status = 'waiting'`,
      )
      expect(rows).toHaveLength(1)
      expect(rows[0]?.seconds).toBeLessThanOrEqual(wait)
      expect(rows[0]?.seconds).toBeGreaterThan(wait - 30)
    },
  )

  test('what Stripe refuses is listed in its words, and sent again by hand', async () => {
    await start()
    await shop.api.billing.meters.deactivate(shop.meter.id)
    await track(3, 'one')
    await engine.tick()
    expect(await listed({ status: 'refused' })).toMatchObject([
      {
        quantity: 3,
        code: 'archived_meter',
        message: expect.stringContaining('archived') as string,
      },
    ])
    await shop.api.billing.meters.reactivate(shop.meter.id)
    expect(await engine.retryUsageReports()).toBe(1)
    await shop.reportAll(engine)
    expect(shop.counted(payer)).toBe(3)
    expect(await statuses()).toEqual(['accepted'])
  })

  test('what Stripe took and does not count is listed once it says so, and sent again by hand', async () => {
    await start()
    await track(3, 'one')
    await engine.tick()
    const [sent] = await listed()
    const identifier = sent?.sentAs ?? ''

    // Given that Stripe accepts the event and finds out later
    await shop.api.billing.meterEventAdjustments.create({
      ...{ type: 'cancel', event_name: 'calls', cancel: { identifier } },
    })
    await streamFaulty(identifier)
    await shop.hearErrors(engine)
    await engine.tick()
    expect(await listed({ status: 'refused' })).toMatchObject([
      { identifier, quantity: 3, code: 'meter_event_invalid_value' },
    ])

    expect(await engine.retryUsageReports({ identifier })).toBe(1)
    await shop.reportAll(engine)
    expect(shop.counted(payer)).toBe(3)
    expect(await listed()).toMatchObject([
      { identifier, sentAs: `${identifier}.1`, status: 'accepted' },
    ])
  })

  async function streamFaulty(identifier: string): Promise<void> {
    const session = await shop.api.v2.billing.meterEventSession.create()
    const payload = { stripe_customer_id: payer, value: 'much' }
    const response = await fetch(`${shop.sandbox.url}/v2/billing/meter_event_stream`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${session.authentication_token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ events: [{ event_name: 'calls', identifier, payload }] }),
    })
    expect(response.status).toBe(200)
  }

  test('what is taken back before it is reported never is', async () => {
    await start()
    await track(3, 'one')
    await track(4, 'two')
    expect(await engine.cancelUsage({ id: 'one' })).toMatchObject({
      isNew: true,
      quantity: 3,
      usage: { used: 4 },
    })
    expect(await engine.cancelUsage({ id: 'one' })).toMatchObject({ isNew: false })
    await shop.reportAll(engine)
    expect(shop.counted(payer)).toBe(4)
  })

  test('what is taken back after it was reported is cancelled at Stripe, and the rest sent anew', async () => {
    await start()
    await track(3, 'one')
    await track(4, 'two')
    await engine.tick()
    expect(shop.counted(payer)).toBe(7)
    shop.sandbox.faults({ errorAfter: 0.3, closeAfter: 0.3 })
    await engine.cancelUsage({ id: 'one' })
    await shop.reportAll(engine)
    expect(shop.counted(payer)).toBe(4)
    await engine.cancelUsage({ id: 'two' })
    await shop.reportAll(engine)
    expect(shop.counted(payer)).toBe(0)
    expect(await statuses()).toEqual(['cancelled'])
    expect(await engine.usage('ada', 'calls')).toMatchObject({ used: 0 })
  })

  test('what is taken back while nobody knows whether it counts comes out right', async () => {
    await start()
    await track(3, 'one')
    await engine.tick()
    await track(4, 'two')
    await track(5, 'three')
    shop.sandbox.faults({ errorAfter: 1 })
    await engine.tick()
    expect(await statuses()).toEqual(expect.arrayContaining(['accepted', 'doubt']))
    await engine.cancelUsage({ id: 'one' })
    await engine.cancelUsage({ id: 'two' })
    shop.sandbox.faults({ errorAfter: 0 })
    await shop.reportAll(engine)
    expect(shop.counted(payer)).toBe(5)
  })

  test.each([
    ['was done', 'is too old', { errorAfter: 1 }, {}, 4],
    ['never came', 'is unknown by now', { error: 1 }, { code: 'resource_missing' }, 7],
  ] as const)(
    'a cancellation that %s, and that Stripe says %s when it is asked again a day later, is settled by the hour',
    async (_, __, faults, refusal, counted) => {
      // Given a cancellation whose answer was lost, and a process that is away for two hours
      await start()
      await track(3, 'one')
      await track(4, 'two')
      await engine.tick()
      await shop.sandbox.advance({ hours: 23 })
      await engine.cancelUsage({ id: 'one' })
      shop.sandbox.faults(faults)
      await engine.tick()
      shop.sandbox.faults({ errorAfter: 0, error: 0 })
      expect(await statuses()).toEqual(['cancelling'])
      await engine.close()
      await shop.sandbox.advance({ hours: 2 })
      const client = await shop.client()
      const next = await shop.open({
        stripe: {
          rawRequest(method, path, ...rest) {
            if (!path.endsWith('/meter_event_adjustments')) {
              return client.rawRequest(method, path, ...rest)
            }
            const type = 'invalid_request_error'
            const error = { message: 'No', type, statusCode: 400, ...refusal } as const
            throw Stripe.errors.StripeError.generate(error)
          },
        },
      })
      // Then what Stripe counts decides whether the rest goes out
      await shop.reportAll(next)
      expect(shop.counted(payer)).toBe(counted)
      expect((await next.usageReports()).reports).toMatchObject([
        counted === 4
          ? { status: 'accepted', quantity: 4, code: null }
          : { status: 'accepted', quantity: 7, code: 'adjustment_refused' },
      ])
    },
  )

  test('after 24 hours nothing is taken back', async () => {
    await start()
    await track(3, 'one')
    await engine.tick()
    await shop.sandbox.advance({ hours: 25 })
    await expect(engine.cancelUsage({ id: 'one' })).rejects.toMatchObject({
      code: 'usage_too_old_to_cancel',
    })
    await expect(engine.cancelUsage({ id: 'none' })).rejects.toMatchObject({ code: 'not_found' })
    expect(shop.counted(payer)).toBe(3)
  })

  test('books are compared per period, and what differs is named', async () => {
    await start()
    const from = shop.sandbox.now()
    await track(3, 'one')
    await engine.tick()
    await shop.sandbox.advance({ seconds: PERIOD + HOUR })
    await shop.hear(engine)
    await track(4, 'two')
    await engine.tick()
    await shop.api.billing.meters.deactivate(shop.meter.id)
    await shop.api.billing.meters.create({
      display_name: 'Other',
      event_name: 'other',
      default_aggregation: { formula: 'sum' },
    })
    await track(5, 'three')
    await engine.tick()
    await shop.api.billing.meters.reactivate(shop.meter.id)
    await track(6, 'four')

    const to = shop.sandbox.now() + 1
    const [first, second, ...others] = await engine.reconcileUsage({ from, to })
    expect(first).toMatchObject({
      ...{ customers: ['ada'], meter: 'calls', stripeCustomer: payer },
      ...{ recorded: 3, reported: 3, accepted: 3, stripe: 3, difference: 0, reports: [] },
    })
    expect(second).toMatchObject({
      ...{ from: first?.to, recorded: 15, reported: 9, accepted: 4, refused: 5, waiting: 6 },
      ...{ stripe: 4, difference: -11, unreported: ['four'] },
      reports: [{ quantity: 5, status: 'refused', code: 'archived_meter' }],
    })
    expect(others).toEqual([])
    expect(await engine.usageCounts()).toMatchObject({
      ...{ recorded: 18, unreported: 6, reported: 12 },
      reports: { accepted: { reports: 2, units: 7 }, refused: { reports: 1, units: 5 } },
    })
  })
})
