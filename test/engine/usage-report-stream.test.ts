/** Reporting by Stripe's meter event stream: the same books as one by one, from hundreds together. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { emptyDatabase } from '../support/engine.ts'
import { SEED, seeded } from '../support/seeded.ts'
import { openMeteredShop, type MeteredShop } from './usage-report-fixture.ts'

const HOUR = 3600

let server: { url: string; drop(): Promise<void> }
let database: Database
let shop: MeteredShop
let engine: Engine
let payer: string
beforeAll(async () => {
  server = await createTestDatabase({ isMigrated: true })
  database = openPostgres(server.url)
})
beforeEach(async ({ task }) => {
  await emptyDatabase(database)
  shop = await openMeteredShop(database, task.name)
  engine = await shop.open({ meterEvents: 'v2Stream' })
  payer = await shop.subscribe('ada')
  await shop.hear(engine)
})
afterEach(() => shop.close())
afterAll(async () => {
  await database.close()
  await server.drop()
})

const track = (quantity: number, id: string, at = shop.sandbox.now()) =>
  engine.track({ customer: 'ada', feature: 'calls', quantity, id, at })
const sessions = () => [...shop.sandbox.world.table('~meter_event_session').values()].length

test('usage is counted once, whatever answers are lost and however often it is sent', async () => {
  const random = seeded(String(SEED))
  const start = shop.sandbox.now()
  await shop.sandbox.advance({ days: 20 })
  await shop.hear(engine)
  shop.sandbox.faults({ rateLimit: 0.05, error: 0.05, errorAfter: 0.2, closeAfter: 0.1 })
  let oracle = 0
  for (let n = 0; n < 200; n += 1) {
    const quantity = 1 + random.below(9)
    oracle += quantity
    await track(quantity, `use_${n}`, start + random.below(200 * HOUR))
  }
  const other = await shop.open({ meterEvents: 'v2Stream' })
  await shop.reportAll(engine, other)

  expect(shop.counted(payer)).toBe(oracle)
  const { reports } = await engine.usageReports({ limit: 1000 })
  expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(['accepted']))
  shop.sandbox.faults({ rateLimit: 0, error: 0, errorAfter: 0, closeAfter: 0 })
  expect(await engine.reconcileUsage()).toMatchObject([{ isEven: true, stripe: oracle }])
})

test('a session that has ended is followed by another, and nothing waits', async () => {
  await track(3, 'one')
  await engine.tick()
  expect(sessions()).toBe(1)
  await track(4, 'two')
  await engine.tick()
  expect(sessions()).toBe(1)
  await shop.sandbox.advance({ minutes: 16 })
  await track(5, 'three')
  await shop.reportAll(engine)

  expect(sessions()).toBe(2)
  expect(shop.counted(payer)).toBe(12)
})

test('what was in doubt for more than a day is settled by what Stripe counts', async () => {
  // Given a report that came through and one that did not, of which neither is known
  for (const [id, faults, counted] of [
    ['arrived', { errorAfter: 1 }, 11],
    ['lost', { error: 1 }, 12],
  ] as const) {
    await shop.sandbox.advance({ hours: 1 })
    // A session is open then, so that only the answer of the stream itself is lost.
    await track(1, `before ${id}`)
    await engine.tick()
    await track(10, id)
    shop.sandbox.faults(faults)
    await engine.tick()
    shop.sandbox.faults({ errorAfter: 0, error: 0 })
    expect(shop.counted(payer)).toBe(counted)
    expect((await shop.reports()).filter(({ status }) => status === 'doubt')).toHaveLength(
      id === 'arrived' ? 1 : 2,
    )
    await database.query(
      `update proviso.usage_reports set due_at = clock_timestamp() + interval '1 hour' where status = 'doubt'`,
    )
  }

  await shop.sandbox.advance({ hours: 25 })
  await shop.hear(engine)
  await shop.reportAll(engine)

  expect(shop.counted(payer)).toBe(22)
  expect(await engine.reconcileUsage()).toMatchObject([{ isEven: true, recorded: 22 }])
  // Only what had been lost went out under another identifier.
  const { reports } = await engine.usageReports()
  expect(reports.filter(({ identifier, sentAs }) => sentAs !== identifier)).toHaveLength(1)
})

test('what was streamed is taken back at Stripe as well', async () => {
  await track(3, 'one')
  await track(4, 'two')
  await engine.tick()
  expect(shop.counted(payer)).toBe(7)

  await engine.cancelUsage({ id: 'one' })
  await shop.reportAll(engine)

  expect(shop.counted(payer)).toBe(4)
})

test('what the stream takes and cannot count is refused once Stripe says so, and sent again by hand', async () => {
  await track(3, 'one')
  // Read before it is closed, so that the report goes out.
  await engine.tick()
  await shop.api.billing.meters.deactivate(shop.meter.id)
  await track(4, 'two')
  await engine.tick()
  expect(await engine.usageCounts()).toMatchObject({ reports: { accepted: { units: 7 } } })
  expect(await engine.reconcileUsage()).toMatchObject([{ isEven: false }])

  await shop.hearErrors(engine)
  await engine.tick()
  const { reports } = await engine.usageReports({ status: 'refused' })
  expect(reports).toMatchObject([{ quantity: 4, code: 'archived_meter' }])

  await shop.api.billing.meters.reactivate(shop.meter.id)
  expect(await engine.retryUsageReports({ identifier: reports[0]?.sentAs ?? '' })).toBe(1)
  await shop.reportAll(engine)
  expect(shop.counted(payer)).toBe(7)
  expect(await engine.reconcileUsage()).toMatchObject([{ isEven: true, difference: 0 }])
})

test('what one attempt could not count waits for a person where another may: it may count already', async () => {
  // Given a report that counts, whose answer was lost
  await track(1, 'known')
  await engine.tick()
  await track(3, 'one')
  shop.sandbox.faults({ errorAfter: 1 })
  await engine.tick()
  shop.sandbox.faults({ errorAfter: 0 })
  expect(shop.counted(payer)).toBe(4)
  // When it is sent again, and the meter is closed by then
  await shop.api.billing.meters.deactivate(shop.meter.id)
  await shop.reportAll(engine)
  await shop.hearErrors(engine)
  await engine.tick()
  const { reports } = await engine.usageReports({ status: 'refused' })
  expect(reports).toMatchObject([
    {
      ...{ quantity: 3, attempts: 2, code: 'doubt_unsettled' },
      message: expect.stringContaining('archived_meter') as string,
    },
  ])
  // Then it is not among what is sent again together, and counts once
  await shop.api.billing.meters.reactivate(shop.meter.id)
  expect(await engine.retryUsageReports()).toBe(0)
  await shop.reportAll(engine)
  expect(shop.counted(payer)).toBe(4)
  // But whoever names it has compared
  expect(await engine.retryUsageReports({ identifier: reports[0]?.sentAs ?? '' })).toBe(1)
})
