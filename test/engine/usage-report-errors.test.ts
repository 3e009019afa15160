/** Stripe's reports of meter events it could not count must never stop what it can. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import Stripe from 'stripe'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { StripeClient } from '../../src/stripe/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { emptyDatabase } from '../support/engine.ts'
import { ingest, openMeteredShop, type MeteredShop } from './usage-report-fixture.ts'

/** More than one page of them. */
const ERRORS = 130

let server: { url: string; drop(): Promise<void> }
let database: Database
let shop: MeteredShop
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

/** A service to which Stripe has told of errors it may read about, or not. */
async function openTold(answer: (path: string) => unknown) {
  const client = await shop.client()
  const asked = new Set<string>()
  const stripe: StripeClient = {
    async rawRequest(method, path, ...rest) {
      if (!path.startsWith('/v2/core/events/')) return client.rawRequest(method, path, ...rest)
      asked.add(path)
      return answer(path)
    },
  }
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const engine = await shop.open({ stripe, log })
  const payer = await shop.subscribe('ada')
  await shop.hear(engine)
  for (let n = 0; n < ERRORS; n += 1) await ingest(engine, errorReport(`evt_thin_${n}`))
  await database.query(
    `update proviso.observations set received_at = received_at - interval '5 minutes'`,
  )
  await engine.track({ customer: 'ada', feature: 'calls', quantity: 3 })
  return { engine, payer, asked }
}

const errorReport = (id: string) => ({
  ...{ id, object: 'v2.core.event', type: 'v1.billing.meter.error_report_triggered' },
  ...{ livemode: false, created: new Date(shop.sandbox.now() * 1000).toISOString() },
  related_object: { id: shop.meter.id, type: 'billing.meter', url: `/v1/meters/${shop.meter.id}` },
})

test('a key that may not read what could not be counted asks seldom, and reports all the same', async () => {
  const { engine, payer, asked } = await openTold(() => {
    const error = { message: 'No', type: 'permission_error', statusCode: 403 } as const
    throw Stripe.errors.StripeError.generate(error as never)
  })
  await engine.tick()
  await engine.tick()
  expect(shop.counted(payer)).toBe(3)
  expect(asked.size).toBe(3)
})

test('one that cannot be read does not hide those after it, however many there are', async () => {
  const { engine, payer, asked } = await openTold((path) => {
    if (path.endsWith('evt_thin_1')) {
      const error = { message: 'Oops', type: 'api_error', statusCode: 500 } as const
      throw Stripe.errors.StripeError.generate(error)
    }
    return { ...errorReport('one of them'), data: { reason: { error_count: 0, error_types: [] } } }
  })
  await engine.tick({ budgetMs: 30_000 })
  expect(asked.size).toBe(ERRORS)
  expect(shop.counted(payer)).toBe(3)
})

test('however long they take, time is left to report', async () => {
  const { engine, payer, asked } = await openTold(
    (path) =>
      new Promise((resolve) => {
        setTimeout(() => resolve({ ...errorReport(path), data: {} }), 50)
      }),
  )
  await engine.tick({ budgetMs: 1000 })
  expect(asked.size).toBeLessThan(ERRORS)
  expect(shop.counted(payer)).toBe(3)
})
