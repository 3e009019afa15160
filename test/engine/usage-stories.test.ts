/** What Stripe tells of plans, renewals, purchases and refunds, and what may be used by it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { emptyDatabase, openEngine, type TestEngine } from '../support/engine.ts'
import { SEED, seeded } from '../support/seeded.ts'
import { CALLS, CALLS_MORE, LIFETIME } from '../support/stories/catalogs.ts'
import { ada, START } from '../support/stories/story.ts'
import {
  Account,
  buyByCard,
  changeInvoice,
  createByCard,
  DAY,
  HOUR,
  itemLine,
  renew,
} from '../support/stripe/index.ts'
import { clockAt, onTestClock } from '../support/test-clock.ts'
import { USAGE_CATALOG } from '../support/usage-catalog.ts'

describe('usage and what Stripe tells', () => {
  let server: { url: string; drop(): Promise<void> }
  let database: Database
  let tested: TestEngine
  let stripe: Account
  beforeAll(async () => {
    server = await createTestDatabase({ isMigrated: true })
    database = openPostgres(server.url)
  })
  beforeEach(async () => {
    await emptyDatabase(database)
    stripe = new Account({ shape: 'basil', prefix: 'usage', start: START })
    tested = await openEngine(database, { catalog: USAGE_CATALOG, at: START })
  })
  afterEach(async () => {
    expect((await tested.engine.verify()).differences).toEqual([])
    await tested.close()
    expect(tested.complaints).toEqual([])
  })
  afterAll(async () => {
    await database.close()
    await server.drop()
  })

  /** Everything told so far is settled, and it is now as late as at Stripe. */
  async function hear(): Promise<void> {
    tested.clock.at = stripe.now
    await tested.hold(stripe.bodies.splice(0))
  }
  const consume = (feature: string, quantity: number) =>
    tested.engine.consume({ customer: 'ada', feature, quantity })
  const usage = (feature: string) => tested.engine.usage('ada', feature)
  const balance = async () => {
    const { remaining, history } = await usage('tokens')
    expect(history.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(remaining)
    return remaining
  }

  test('of a customer on a Stripe test clock is counted by that clock', async () => {
    createByCard(stripe, { customer: ada(stripe), items: [{ price: CALLS }] })
    const simulated = onTestClock(stripe.bodies.splice(0), 'clock_1')
    await tested.hold([...simulated, clockAt('clock_1', START + DAY, START)])
    // A year of ours is nothing to the simulation.
    tested.clock.at = START + 365 * DAY

    expect(await consume('calls', 5)).toMatchObject({
      allowed: true,
      at: START + DAY,
      usage: { used: 5, limit: 500 },
    })
    expect(await usage('calls')).toMatchObject({ used: 5, remaining: 495, asOf: START + DAY })
  })

  test('a change of plan in mid-period keeps what was used of it', async () => {
    const { subscription } = createByCard(stripe, {
      customer: ada(stripe),
      items: [{ price: CALLS }],
    })
    await hear()
    await consume('calls', 500)
    expect(await consume('calls', 1)).toMatchObject({ allowed: false })
    stripe.wait(5 * DAY)
    const period = { periodStart: stripe.now, isProration: true }
    changeInvoice(subscription, [
      itemLine(subscription.item, { ...period, amount: -800 }),
      itemLine(subscription.item, { ...period, amount: 1200, price: CALLS_MORE }),
    ])
      .finalize()
      .pay()
    stripe.wait(1)
    subscription.update({ items: subscription.withPrice(CALLS_MORE) })
    await hear()
    expect(await usage('calls')).toMatchObject({ used: 500, limit: 1000, remaining: 500 })
    expect(await consume('calls', 501)).toMatchObject({ allowed: false })
    expect(await consume('calls', 500)).toMatchObject({ allowed: true })
  })

  test('what is used before a renewal is heard of counts in the new period, and once', async () => {
    const { subscription } = createByCard(stripe, {
      customer: ada(stripe),
      items: [{ price: CALLS }],
    })
    await hear()
    const { usage: first } = await consume('calls', 400)
    stripe.until(first.resetsAt ?? 0)
    stripe.wait(60)
    tested.clock.at = stripe.now
    expect(await consume('calls', 30)).toMatchObject({ usage: { used: 30, limit: 500 } })
    const invoice = renew(subscription)
    stripe.wait(HOUR)
    invoice.finalize().pay()
    await hear()
    expect(await consume('calls', 1)).toMatchObject({ usage: { used: 31, limit: 500 } })
    expect((await usage('calls')).resetsAt).toBeGreaterThan(stripe.now + 20 * DAY)
  })

  test('a purchase gives its credits once, however often and in whatever order it is told', async () => {
    buyByCard(stripe, { customer: ada(stripe), price: LIFETIME })
    buyByCard(stripe, { customer: ada(stripe), price: LIFETIME })
    const bodies = stripe.bodies.splice(0)
    tested.clock.at = stripe.now
    const random = seeded('a purchase gives its credits once')
    for (const body of random.shuffled([...bodies, ...bodies, ...bodies])) {
      await tested.post([body])
      if (!random.chance(0.3)) continue
      await tested.engine.settled()
      const known = await usage('tokens')
      expect([0, 1000, 2000], `PROVISO_SEED=${SEED}`).toContain(known.limit)
      if ((known.remaining ?? 0) >= 10) await consume('tokens', 10)
    }
    await tested.engine.settled()
    const spent = (await usage('tokens')).used
    expect(await balance()).toBe(2000 - spent)
    await tested.engine.rebuild()
    expect(await balance()).toBe(2000 - spent)
  })

  test('a refund takes back what is left of its credits, and what was spent stays spent', async () => {
    const { payment } = buyByCard(stripe, { customer: ada(stripe), price: LIFETIME })
    await hear()
    await consume('tokens', 300)
    expect(await balance()).toBe(700)
    stripe.wait(DAY)
    const refund = payment.refund()
    await hear()
    expect(await consume('tokens', 1)).toMatchObject({
      allowed: false,
      reason: { code: 'credits_used_up' },
    })
    expect(await balance()).toBe(0)
    stripe.wait(DAY)
    refund.fail()
    await hear()
    expect(await balance()).toBe(700)
    expect(await consume('tokens', 700)).toMatchObject({ allowed: true })
  })

  test('a command beside the service records, and its reads write nothing', async () => {
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10, until: START + 60 })
    // The service tells which catalog counts.
    await tested.engine.start()
    const command = await openEngine(database, {
      catalog: USAGE_CATALOG,
      at: START,
      mode: 'command',
    })
    expect(
      await command.engine.trackMany([
        { customer: 'ada', feature: 'calls', quantity: 3 },
        { customer: 'ada', feature: 'calls', quantity: 4 },
      ]),
    ).toMatchObject([{ ok: true }, { ok: true }])
    const check = () => command.engine.check({ customer: 'ada', feature: 'calls', quantity: 3 })
    expect(await check()).toMatchObject({ allowed: true, usage: { used: 7, remaining: 3 } })
    command.clock.at = START + 60
    expect(await check()).toMatchObject({ allowed: false, state: 'ended' })
    expect(await command.engine.usage('ada', 'calls')).toMatchObject({ allowed: false })
    expect((await tested.engine.changes({})).changes).toHaveLength(1)
    await command.close()
  })

  test('nothing is taken any more once the engine closes, and all that was is answered', async () => {
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    const pending = Promise.allSettled(Array.from({ length: 10 }, () => consume('calls', 1)))
    await new Promise((resolve) => setImmediate(resolve))
    await tested.engine.close()
    const answers = await pending
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 'fulfilled'))
    await expect(consume('calls', 1)).rejects.toMatchObject({
      code: 'shutting_down',
      isRetryable: true,
    })
    tested = await openEngine(database, { catalog: USAGE_CATALOG, at: START })
    expect(await usage('calls')).toMatchObject({ used: 10 })
  })
})
