import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Change } from '../../src/engine/engine.ts'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { openEngine, storedVerdicts, watching, type TestEngine } from '../support/engine.ts'
import { SEED, seeded } from '../support/seeded.ts'
import { CATALOG, PRO, TEAM } from '../support/stories/catalogs.ts'
import { START } from '../support/stories/story.ts'
import { Account, type Body, createByCard, Customer, DAY } from '../support/stripe/index.ts'

const APP_CUSTOMERS = 320
/** Deliveries under way at once, as of one Stripe endpoint. */
const AT_ONCE = 48
const BOUND = { timeout: 120_000, interval: 50 }

/** Two engines with a pool each, as two processes have them, and both are sent every event. */
describe('two engines on one database', () => {
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

  test('neither deadlock nor double a change, and a follower misses none', async () => {
    const bodies = Array.from({ length: APP_CUSTOMERS }, (_, index) => told(index)).flat()
    const pools = [openPostgres(server.url), openPostgres(server.url)]
    const watched = pools.map(watching)
    const options = { catalog: CATALOG, at: START + 20 * DAY, batchSize: 100 }
    const engines = await Promise.all(watched.map((one) => openEngine(one.database, options)))
    await Promise.all(engines.map(({ engine }) => engine.start()))
    const follower = follow(engines[0] as TestEngine)

    const random = seeded('two engines')
    await Promise.all(engines.map((tested) => deliver(tested, random.shuffled(bodies))))
    await Promise.all(engines.map(({ engine }) => engine.settled()))
    const { rows } = await database.query<{ position: bigint; feature: string; customer: string }>(
      'select position, customer, feature from proviso.changes order by position',
    )
    await vi.waitFor(() => expect(follower.seen).toHaveLength(rows.length), BOUND)
    await follower.stop()

    const where = `PROVISO_SEED=${SEED}`
    expect(watched.map(({ states }) => states.filter((state) => state === '40P01'))).toEqual([
      [],
      [],
    ])
    expect(
      watched.map(({ states }) => states),
      where,
    ).toEqual([[], []])
    expect(
      engines.map(({ complaints }) => complaints),
      where,
    ).toEqual([[], []])
    expect(rows.map(({ position }) => Number(position))).toEqual(rows.map((_, index) => index + 1))
    expect(
      follower.seen.map(({ position, customer, feature }) => ({ position, customer, feature })),
    ).toEqual(rows.map((row) => ({ ...row, position: Number(row.position) })))
    const stored = await storedVerdicts(database)
    const served = [...stored].filter(([, { access }]) => access['seats']?.allowed)
    expect(served.map(([customer]) => customer).sort(), where).toEqual(
      Array.from({ length: APP_CUSTOMERS }, (_, index) => `app_${index}`).sort(),
    )
    for (const [customer, { access }] of served) {
      expect(access['seats'], `${customer}, ${where}`).toMatchObject({ state: 'active', value: 4 })
    }
    expect((await (engines[1] as TestEngine).engine.verify()).differences).toEqual([])
    await Promise.all(engines.map((tested) => tested.close()))
    await Promise.all(pools.map((pool) => pool.close()))
  }, 240_000)
})

/** One app customer buys as two Stripe customers, changes seats, and ends a third subscription. */
function told(index: number): Body[] {
  const stripe = new Account({ shape: 'basil', prefix: `two${index}x`, start: START })
  const metadata = { customer_id: `app_${index}` }
  const first = new Customer(stripe, { metadata }).emit('customer.created')
  const pro = createByCard(stripe, { customer: first, items: [{ price: PRO, quantity: 1 }] })
  stripe.wait(DAY)
  const second = new Customer(stripe)
  createByCard(stripe, { customer: second, items: [{ price: TEAM, quantity: 3 }], metadata })
  stripe.wait(DAY)
  const third = createByCard(stripe, { customer: second, items: [{ price: PRO }], metadata })
  stripe.wait(DAY)
  third.subscription.end()
  pro.subscription.update({ metadata: { plan: 'kept' } })
  return stripe.bodies
}

async function deliver(tested: TestEngine, bodies: readonly Body[]): Promise<void> {
  const queue = [...bodies]
  const senders = Array.from({ length: AT_ONCE }, async () => {
    for (let body = queue.pop(); body !== undefined; body = queue.pop()) await tested.post([body])
  })
  await Promise.all(senders)
}

/** Reads the feed while it is being written, never a position twice. */
function follow({ engine }: TestEngine) {
  const seen: Change[] = []
  let isStopped = false
  const running = (async () => {
    let after = 0
    while (!isStopped) {
      const page = await engine.changes({ after, limit: 50 })
      seen.push(...page.changes)
      after = page.next
      if (page.changes.length === 0) await engine.waitForChanges(after, 20)
    }
  })()
  return {
    seen,
    async stop() {
      isStopped = true
      await running
    },
  }
}
