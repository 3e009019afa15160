/**
 * Random lives of reporting: uses told and taken back, two processes that overlap and die between
 * Stripe's answer and their own note of it, leases that run out under way, every fault of the API, a
 * meter that is closed and opened, retries by hand, days gone by. What Stripe counts in the end is what
 * was used, save what a person was told to compare. PROVISO_LIVES=n plays more of them.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { Database } from '../../src/store/database.ts'
import type { StripeClient } from '../../src/stripe/client.ts'
import { readMeterErrorReport } from '../../src/stripe/meter-error.ts'
import { createTestDatabase } from '../support/database.ts'
import { emptyDatabase } from '../support/engine.ts'
import { SEED, seeded, type Random } from '../support/seeded.ts'
import { openMeteredShop, type MeteredShop } from './usage-report-fixture.ts'

const HOUR = 3600
/** Within the first period, so that no invoice moves usage to the next. */
const MOST_HOURS = 24 * 24
const STEPS = 40
const LIVES = Number(process.env['PROVISO_LIVES'] ?? 3)
const CUSTOMERS = ['ada', 'bob']
const NO_FAULTS = { error: 0, errorAfter: 0, closeAfter: 0, timeoutAfter: 0, rateLimit: 0 }

let server: { url: string; drop(): Promise<void> }
let database: Database
beforeAll(async () => {
  server = await createTestDatabase({ isMigrated: true })
  database = openPostgres(server.url)
})
beforeEach(() => emptyDatabase(database))
afterAll(async () => {
  await database.close()
  await server.drop()
})

describe.each(Array.from({ length: LIVES }, (_, index) => SEED + index))('seed %i', (seed) => {
  test.each(['v1', 'v2Stream'] as const)('every unit counts once, by %s', async (meterEvents) => {
    const random = seeded(`reporting by ${meterEvents}`, seed)
    const shop = await openMeteredShop(database, `${meterEvents} ${seed}`)
    const payers: string[] = []
    for (const customer of CUSTOMERS) payers.push(await shop.subscribe(customer))
    const engines: [Engine, Engine] = [
      await openMortal(shop, random, meterEvents),
      await openMortal(shop, random, meterEvents),
    ]
    await shop.hear(engines[0])
    const life = await live(shop, engines, random)

    // When everything is well again, for as long as doubts may last
    shop.sandbox.faults(NO_FAULTS)
    await life.open()
    const heir = await shop.open({ meterEvents })
    for (let round = 0; round < 3; round += 1) {
      await shop.hurry()
      await heir.tick({ budgetMs: 30_000 })
    }
    await shop.sandbox.advance({ hours: 26 })
    await shop.hearErrors(heir)
    await shop.reportAll(heir)
    await heir.tick()
    await heir.retryUsageReports()
    await shop.reportAll(heir)

    // Then nothing is lost or doubled, and only what Stripe takes back no more counts beyond
    const replay = `PROVISO_SEED=${seed} PROVISO_LIVES=1; ${life.told.join(', ')}`
    const { reports } = await heir.usageReports({ limit: 1000 })
    const open = reports.filter(({ status }) => status !== 'accepted' && status !== 'cancelled')
    expect(
      open.filter(({ code }) => code !== 'doubt_unsettled'),
      replay,
    ).toEqual([])
    for (const [index, customer] of CUSTOMERS.entries()) {
      const most = sum(life.uses, customer) + (await keptBeyond(customer))
      const toCompare = open
        .filter((report) => report.customer === customer)
        .reduce((units, { quantity }) => units + quantity, 0)
      const counted = shop.counted(payers[index] ?? '')
      expect(counted, replay).toBeLessThanOrEqual(most)
      if (!hasUnnamed(shop)) expect(counted, replay).toBeGreaterThanOrEqual(most - toCompare)
    }
    await shop.close()
  })
})

/** Of what the stream could not count Stripe names a few only: the rest is for `reconcileUsage`. */
function hasUnnamed({ sandbox }: MeteredShop): boolean {
  return [...sandbox.world.thinEvents.values()].some((event) => {
    const report = readMeterErrorReport({ ...event })
    return report !== null && report.samples.length < report.errors
  })
}

interface Use {
  customer: string
  quantity: number
}

/** Units of reports that Stripe would not take back any more, less those that were left in them. */
async function keptBeyond(customer: string): Promise<number> {
  const { rows } = await database.query<{ units: number }>(
    `select coalesce(sum(r.quantity - (
        select coalesce(sum(u.quantity), 0) from proviso.usage u where u.report = r.identifier
      )), 0)::int4 as units
    from proviso.usage_reports r
    where r.customer = $1::text and r.error_code = 'adjustment_refused'`,
    [customer],
  )
  return rows[0]?.units ?? NaN
}

function sum(uses: ReadonlyMap<string, Use>, of: string): number {
  return [...uses.values()].reduce(
    (total, { customer, quantity }) => total + (customer === of ? quantity : 0),
    0,
  )
}

/** A process that may die when Stripe has answered, before it has noted the answer. */
async function openMortal(
  shop: MeteredShop,
  random: Random,
  meterEvents: 'v1' | 'v2Stream',
): Promise<Engine> {
  const client = await shop.client()
  const mortal: StripeClient = {
    async rawRequest(...request) {
      const answer = await client.rawRequest(...request)
      if (request[0] === 'POST' && random.chance(0.1)) throw new Error('The process died.')
      return answer
    },
  }
  const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} }
  return shop.open({ stripe: mortal, meterEvents, log: silent })
}

/** What was done, and what of it is used in the end. */
async function live(
  shop: MeteredShop,
  engines: readonly [Engine, Engine],
  random: Random,
): Promise<{ uses: Map<string, Use>; told: string[]; open: () => Promise<void> }> {
  const uses = new Map<string, Use>()
  const told: string[] = []
  const under = new Set<Promise<unknown>>()
  let hours = 0
  const either = () => engines[random.below(2)] ?? engines[0]
  const begin = (work: Promise<unknown>) => {
    const done = work.finally(() => under.delete(done))
    under.add(done)
  }
  const { meters } = shop.api.billing
  const impatiently = { timeout: 400, maxNetworkRetries: 0 }
  // A call that failed may have been carried out.
  const isOpen = () => shop.sandbox.world.must('billing.meter', shop.meter.id).status === 'active'
  const open = async () => {
    if (!isOpen()) await meters.reactivate(shop.meter.id, {}, impatiently)
  }
  const acts: [string, number, () => Promise<void>][] = [
    [
      'use',
      10,
      async () => {
        const now = shop.sandbox.now()
        const events = Array.from({ length: 1 + random.below(6) }, (_, index) => ({
          customer: CUSTOMERS[random.below(CUSTOMERS.length)] ?? '',
          feature: 'calls',
          id: `use_${told.length}_${index}`,
          quantity: 1 + random.below(9),
          at: now - random.below(Math.min(hours + 1, 4) * HOUR),
        }))
        const lines = await either().trackMany(events)
        expect(lines.filter(({ ok }) => !ok)).toEqual([])
        for (const { id, customer, quantity } of events) uses.set(id, { customer, quantity })
      },
    ],
    [
      'take back',
      3,
      async () => {
        const ids = [...uses.keys()]
        const id = ids[random.below(ids.length)]
        if (id === undefined) return
        const isTaken = await either()
          .cancelUsage({ id })
          .then(() => true)
          .catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'usage_too_old_to_cancel' })
            return false
          })
        if (isTaken) uses.delete(id)
      },
    ],
    ['report', 8, async () => begin(either().tick({ budgetMs: 2000 }))],
    // Leases run out, whoever is at work.
    ['hurry', 8, () => shop.hurry()],
    ['wait', 3, async () => void (await Promise.all(under))],
    [
      'fail',
      3,
      async () =>
        void shop.sandbox.faults({
          ...{ error: random.next() / 5, errorAfter: random.next() / 3 },
          ...{ closeAfter: random.next() / 4, timeoutAfter: random.next() / 20 },
          rateLimit: random.next() / 10,
        }),
    ],
    [
      'close the meter',
      2,
      async () => {
        if (!isOpen()) return
        await meters.deactivate(shop.meter.id, {}, impatiently).catch(() => undefined)
      },
    ],
    ['open the meter', 4, () => open().catch(() => undefined)],
    ['hear errors', 3, () => shop.hearErrors(either())],
    ['retry all', 2, async () => void (await either().retryUsageReports())],
    ['recover', 1, async () => void shop.sandbox.faults(NO_FAULTS)],
    [
      'go by',
      3,
      async () => {
        await Promise.all(under)
        const gone = random.chance(0.3) ? 20 + random.below(20) : random.below(4)
        if ((hours += gone) < MOST_HOURS) await shop.sandbox.advance({ seconds: gone * HOUR + 61 })
      },
    ],
  ]
  const total = acts.reduce((weights, [, weight]) => weights + weight, 0)
  for (let step = 0; step < STEPS; step += 1) {
    let left = random.below(total)
    const [name, , act] = acts.find(([, weight]) => (left -= weight) < 0) ?? acts[0] ?? []
    told.push(name ?? '')
    await act?.()
  }
  await Promise.all(under)
  return { uses, told, open }
}
