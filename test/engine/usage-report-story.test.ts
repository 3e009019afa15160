/**
 * Usage from Checkout to the invoice: ten thousand uses in random order, one in ten told twice, by a
 * process that is killed in the middle, to a Stripe that loses answers. What is billed is what was
 * used, to the unit.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { startReportWorker, type ReportTask } from '../support/report-process.ts'
import { SEED, seeded } from '../support/seeded.ts'
import { connectionOf, meteredCatalog, openMeteredShop } from './usage-report-fixture.ts'

const HOUR = 3600
const DAY = 24 * HOUR
/** 31 January to 28 February. */
const PERIOD = 28 * DAY
const USES = 10_000
/** Hours of the period in which anything is used. */
const BUSY_HOURS = 50
const BOUND = { timeout: 60_000, interval: 20 }

let server: { url: string; drop(): Promise<void> }
let database: Database
beforeAll(async () => {
  server = await createTestDatabase({ isMigrated: true })
  database = openPostgres(server.url)
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

test('the invoice at the end of the period is for exactly what was used', async () => {
  // Given two customers who subscribed to a metered price at Checkout, on the last day of the period
  const shop = await openMeteredShop(database, 'story')
  const { sandbox } = shop
  const first = sandbox.now()
  const customers = ['ada', 'bob']
  const payers = [await shop.subscribe('ada'), await shop.subscribe('bob')]
  await sandbox.advance({ seconds: PERIOD - 1 })
  const engine = await shop.open()
  await shop.hear(engine)

  // When ten thousand uses are told in random order, one in ten twice, and the process is killed
  const random = seeded(String(SEED))
  const hours = [0, PERIOD / HOUR - 1]
  while (hours.length < BUSY_HOURS) hours.push(random.below(PERIOD / HOUR))
  const used = Array.from({ length: USES }, (_, index) => {
    const hour = hours[random.below(BUSY_HOURS)] ?? 0
    return {
      id: `use_${index}`,
      customer: customers[index % 2] ?? '',
      quantity: 1 + random.below(20),
      at: first + hour * HOUR + random.below(HOUR),
    }
  })
  const oracle = customers.map((customer) =>
    used.reduce((sum, use) => sum + (use.customer === customer ? use.quantity : 0), 0),
  )
  const told = shuffled([...used, ...used.slice(0, USES / 10)], random)
  const task: ReportTask = {
    url: server.url,
    stripe: connectionOf(sandbox),
    catalog: meteredCatalog(shop.price.id),
    now: sandbox.now(),
    feature: 'calls',
    uses: told,
    // So that reports go out before the last of it is told.
    atOnce: 8,
  }
  sandbox.faults({ rateLimit: 0.02, error: 0.02, errorAfter: 0.05, closeAfter: 0.05 })
  let reached = (): void => {}
  const half = new Promise<void>((resolve) => (reached = resolve))
  const killed = startReportWorker(task, (answered) => {
    if (answered === told.length / 2) reached()
  })
  await half
  await vi.waitFor(() => expect(shop.counted(payers[0] ?? '')).toBeGreaterThan(0), BOUND)
  await killed.kill()
  await startReportWorker(task).done
  await shop.reportAll(engine)
  expect(payers.map((payer) => shop.counted(payer))).toEqual(oracle)

  // Then each invoice is the oracle's, and the books of both sides agree
  sandbox.faults({ rateLimit: 0, error: 0, errorAfter: 0, closeAfter: 0 })
  await sandbox.advance({ days: 2 })
  for (const [index, payer] of payers.entries()) {
    const { data } = await shop.api.invoices.list({ customer: payer })
    expect(data).toMatchObject([
      {
        billing_reason: 'subscription_cycle',
        status: 'paid',
        total: oracle[index],
        lines: { data: [{ quantity: oracle[index], amount: oracle[index] }] },
      },
    ])
  }
  await shop.hear(engine)
  expect(await engine.usage('ada', 'calls')).toMatchObject({ used: 0, allowed: true })
  await shop.close()
})

function shuffled<T>(values: readonly T[], random: { below(limit: number): number }): T[] {
  const left = [...values]
  return values.map(() => left.splice(random.below(left.length), 1)[0] as T)
}
