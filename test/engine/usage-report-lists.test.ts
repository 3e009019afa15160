/** How people look at what is told to Stripe: pages, counts, and both sides' books compared. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Policy } from '../../src/core/catalog.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { emptyDatabase } from '../support/engine.ts'
import { openMeteredShop, type MeteredShop } from './usage-report-fixture.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const PERIOD = 28 * DAY

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
})
afterEach(() => shop.close())
afterAll(async () => {
  await database.close()
  await server.drop()
})

async function start(policy: Partial<Policy> = {}): Promise<void> {
  engine = await shop.open({ policy })
  payer = await shop.subscribe('ada')
  await shop.hear(engine)
}

const track = (quantity: number, id: string, more: { customer?: string; at?: number } = {}) =>
  engine.track({
    ...{ customer: 'ada', feature: 'calls', quantity, id, at: shop.sandbox.now() },
    ...more,
  })

/** A report of each quantity, latest last. */
async function reportEach(...quantities: number[]): Promise<void> {
  for (const quantity of quantities) {
    await track(quantity, `use_${quantity}`)
    await engine.tick()
    await shop.sandbox.advance({ seconds: 2 * HOUR })
  }
}

test('reports are read page by page, latest first, each of them once', async () => {
  await start()
  await reportEach(1, 2, 3, 4, 5)

  const seen: number[] = []
  let after: string | undefined
  let pages = 0
  do {
    const page = await engine.usageReports({ limit: 2, ...(after === undefined ? {} : { after }) })
    seen.push(...page.reports.map(({ quantity }) => quantity))
    after = page.next ?? undefined
    pages += 1
  } while (after !== undefined)

  expect(seen).toEqual([5, 4, 3, 2, 1])
  expect(pages).toBe(3)
})

test('a page that is exactly full is the last one', async () => {
  await start()
  await reportEach(1, 2)

  expect(await engine.usageReports({ limit: 2 })).toMatchObject({ next: null })
})

test('reports of one second are each read once', async () => {
  await start()
  await shop.sandbox.advance({ seconds: 10 })
  for (let n = 0; n < 5; n += 1) {
    await track(1, `use_${n}`)
    await engine.tick()
  }

  const first = await engine.usageReports({ limit: 3 })
  const second = await engine.usageReports({ limit: 3, after: first.next ?? '' })
  const names = [...first.reports, ...second.reports].map(({ identifier }) => identifier)
  expect(new Set(names).size).toBe(5)
})

test('reports are found by the app’s id and by the Stripe customer that is billed', async () => {
  await start()
  await reportEach(1)

  expect((await engine.usageReports({ customer: 'ada' })).reports).toHaveLength(1)
  expect((await engine.usageReports({ customer: payer })).reports).toHaveLength(1)
  expect((await engine.usageReports({ customer: 'bob' })).reports).toEqual([])
})

test('a place that no page ended at is refused', async () => {
  await start()

  await expect(engine.usageReports({ after: 'proviso_1' })).rejects.toMatchObject({
    code: 'invalid_request',
  })
})

test('what was dropped is sent once policy bills it and it is asked for', async () => {
  await start({ lateUsage: 'drop' })
  await track(2, 'in time')
  await shop.reportAll(engine)
  await shop.sandbox.advance({ seconds: PERIOD + 2 * DAY })
  await shop.hear(engine)
  await track(9, 'late', { at: shop.sandbox.now() - 3 * DAY })
  await shop.reportAll(engine)
  // What policy dropped is shown, and is no difference that would alarm anybody.
  expect(await engine.reconcileUsage({ meter: 'calls' })).toMatchObject([
    { recorded: 11, dropped: 9, stripe: 2, difference: -9, isEven: true },
  ])

  const billing = await shop.open({ policy: { lateUsage: 'bill' } })
  expect(await billing.retryUsageReports()).toBe(0)
  expect(await billing.retryUsageReports({ status: 'dropped' })).toBe(1)
  await shop.reportAll(billing)

  expect(shop.counted(payer)).toBe(11)
})

test('work that was finalised more than 35 days later is billed as of then', async () => {
  // Given a reservation that was made in time
  await start()
  await shop.sandbox.advance({ seconds: PERIOD + 10 * DAY })
  await shop.hear(engine)
  const at = shop.sandbox.now() - 34 * DAY
  const scope = { customer: 'ada', feature: 'calls' }
  await engine.reserve({ ...scope, quantity: 5, id: 'job', at, expiresIn: 7 * DAY })
  await shop.sandbox.advance({ seconds: 2 * DAY })
  await shop.hear(engine)

  // When its work is done
  await engine.finalise({ id: 'job', quantity: 4 })
  await shop.reportAll(engine)

  // Then Stripe counts it, at a second that it takes
  expect(shop.counted(payer)).toBe(4)
  const { reports } = await engine.usageReports()
  expect(reports).toMatchObject([{ status: 'accepted', quantity: 4 }])
  expect(reports[0]?.at).toBeGreaterThan(shop.sandbox.now() - DAY)
  expect(await engine.reconcileUsage()).toMatchObject([{ recorded: 4, stripe: 4, isEven: true }])
})

test('to retry what there is not is an error, and what counts already nothing', async () => {
  await start()
  await reportEach(1)
  const [report] = (await engine.usageReports()).reports

  await expect(engine.retryUsageReports({ identifier: 'proviso_0' })).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(await engine.retryUsageReports({ identifier: report?.identifier ?? '' })).toBe(0)
})

test('counts go on where the sum of all units is more than a bigint holds', async () => {
  await start()
  await reportEach(1, 2)
  await track(4, 'open')
  await track(5, 'as well')
  for (const table of ['usage', 'usage_reports']) {
    await shop.database.query(`update proviso.${table} set quantity = ${2n ** 62n}`)
  }

  const most = 2 ** 62
  const counts = { recorded: 4 * most, unreported: 2 * most, reported: 2 * most }
  expect(await engine.usageCounts()).toMatchObject({
    ...counts,
    reports: { accepted: { reports: 2, units: 2 * most } },
  })
  expect(await engine.usageTotals()).toMatchObject([{ livemode: false, ...counts }])
})

test('counts are of one mode, totals of each', async () => {
  await start()
  await reportEach(1, 2)
  await track(4, 'open')

  const counts = { recorded: 7, unreported: 4, reported: 3 }
  expect(await engine.usageCounts()).toMatchObject(counts)
  expect(await engine.usageCounts({ livemode: true })).toMatchObject({ recorded: 0, reported: 0 })
  expect(await engine.usageTotals()).toMatchObject([{ livemode: false, ...counts }])
})

test('customers who share a Stripe customer are compared as the sum that Stripe tells', async () => {
  // Given two customers of the app, whose usage one Stripe customer pays
  await start()
  await shop.api.subscriptions.create({
    customer: payer,
    items: [{ price: shop.price.id }],
    metadata: { customer_id: 'bob' },
  })
  await shop.hear(engine)
  await track(3, 'of ada')
  await track(4, 'of bob', { customer: 'bob' })
  await shop.reportAll(engine)
  expect(shop.counted(payer)).toBe(7)

  const [line, ...others] = await engine.reconcileUsage()
  expect(others).toEqual([])
  expect(line).toMatchObject({
    ...{ customers: ['ada', 'bob'], stripeCustomer: payer, recorded: 7, stripe: 7 },
    ...{ difference: 0, isEven: true },
  })
  // And so they are where one of them is asked for, or who pays
  for (const customer of ['ada', 'bob', payer]) {
    expect(await engine.reconcileUsage({ customer })).toEqual([line])
  }
  expect(await engine.reconcileUsage({ customer: 'eve' })).toEqual([])

  // And what one of them has open counts against both
  await track(5, 'more of bob', { customer: 'bob' })
  expect(await engine.reconcileUsage({ customer: 'ada' })).toMatchObject([
    { recorded: 12, stripe: 7, waiting: 5, isEven: false, unreported: ['more of bob'] },
  ])
})

test('usage that nobody pays for yet is a line of its own, and not even', async () => {
  await start()
  for (const customer of ['eve', 'zoe']) {
    await engine.grant({ customer, feature: 'calls', value: null })
    await track(2, `of ${customer}`, { customer })
  }
  await engine.tick()

  expect(await engine.reconcileUsage()).toMatchObject([
    { customers: ['eve'], stripeCustomer: null, stripe: null, waiting: 2, isEven: false },
    { customers: ['zoe'], stripeCustomer: null, stripe: null, waiting: 2, isEven: false },
  ])
})

test('where reporting is off Stripe is told nothing, and can still be asked', async () => {
  await start()
  const silent = await shop.open({ reportUsage: false })
  await track(2, 'one')
  await silent.tick()
  expect(shop.counted(payer)).toBe(0)

  await engine.tick()
  expect(await silent.reconcileUsage()).toMatchObject([{ stripe: 2, isEven: true }])
})
