/** What was known then, judged then (law 3). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import { emptyDatabase, openEngine, type TestEngine } from '../support/engine.ts'
import { CATALOG, LIFETIME, PRO } from '../support/stories/catalogs.ts'
import { ada, START } from '../support/stories/story.ts'
import {
  Account,
  type Body,
  buyByCard,
  createByCard,
  DAY,
  HOUR,
  isEvent,
  startTrial,
} from '../support/stripe/index.ts'

describe.each(testDatabases)('explain on $name', ({ open }) => {
  let database: Database
  let tested: TestEngine
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(database)
    tested = await openEngine(database, { catalog: CATALOG, at: START + 60 * DAY })
  })
  afterEach(async () => {
    expect((await tested.engine.verify()).differences).toEqual([])
    await tested.close()
    expect(tested.complaints).toEqual([])
  })
  afterAll(() => database.close())

  /** Holds bodies as if they had been received at that second. */
  async function receive(bodies: readonly Body[], at: number): Promise<void> {
    const before = await newest()
    await tested.hold(bodies)
    await backdate(before, at)
  }

  const newest = async () =>
    (await database.query<{ seq: bigint }>('select max(seq) as seq from proviso.observations'))
      .rows[0]?.seq ?? 0n

  async function backdate(after: bigint, at: number): Promise<void> {
    await database.query(
      'update proviso.observations set received_at = to_timestamp($1::float8) where seq > $2::int8',
      [at, after],
    )
  }

  const stateAt = async (at: number | undefined, feature: string) =>
    (await tested.engine.explain({ customer: 'ada', feature, ...(at === undefined ? {} : { at }) }))
      .features[feature]

  test('as of an earlier second counts only what had been received by then', async () => {
    const stripe = newAccount('received')
    const { payment } = buyByCard(stripe, { customer: ada(stripe), price: LIFETIME })
    await receive(stripe.bodies.splice(0), START + HOUR)
    stripe.until(START + 5 * DAY)
    payment.refund()
    const refund = stripe.bodies.splice(0)
    // Refunded on the fifth day, heard of on the ninth.
    await receive(refund, START + 9 * DAY)

    expect(await stateAt(START + HOUR - 1, 'reports')).toMatchObject({ state: 'none' })
    expect(await stateAt(START + HOUR, 'reports')).toMatchObject({ state: 'active' })
    expect(await stateAt(START + 9 * DAY - 1, 'reports')).toMatchObject({ state: 'active' })
    expect(await stateAt(START + 9 * DAY, 'reports')).toMatchObject({ state: 'ended' })
    expect(await stateAt(undefined, 'reports')).toMatchObject({ state: 'ended' })

    const [then, now] = await Promise.all(
      [START + 7 * DAY, START + 10 * DAY].map((at) =>
        tested.engine.explain({ customer: 'ada', at }),
      ),
    )
    const told = new Set(then?.timeline.map(({ event }) => event))
    for (const { id } of refund) expect(told).not.toContain(id)
    expect(new Set(now?.timeline.map(({ event }) => event))).toEqual(
      new Set([...told, ...refund.map(({ id }) => id)]),
    )
    expect(then).toMatchObject({ at: START + 7 * DAY, customer: 'ada' })
    expect(then?.timeline.map(({ at }) => at)).toEqual(
      then?.timeline.map(({ at }) => at).toSorted((a, b) => a - b),
    )
  })

  test('tells in turns what was concluded, and what was heard of late when it was heard', async () => {
    const stripe = newAccount('late')
    const { payment } = buyByCard(stripe, { customer: ada(stripe), price: LIFETIME })
    await receive(stripe.bodies.splice(0), START)
    stripe.until(START + 5 * DAY)
    payment.refund()
    await receive(stripe.bodies.splice(0), START + 9 * DAY)

    const at = START + 10 * DAY
    const story = await tested.engine.explain({ customer: 'ada', feature: 'reports', at })
    expect(
      story.turns.map(({ at, happenedAt, deeds, conclusions }) => ({
        ...{ at, happenedAt, told: deeds.map(({ what }) => what) },
        then: conclusions.map(({ kind }) => kind),
      })),
    ).toEqual([
      {
        ...{ at: START, happenedAt: null, told: [expect.stringMatching(/^Bought .* and paid\.$/)] },
        then: ['granted'],
      },
      {
        ...{ at: START + 9 * DAY, happenedAt: START + 5 * DAY },
        told: ['The payment of the Checkout was refunded in full.'],
        then: ['lost'],
      },
    ])
    expect(story.next.news).toMatchObject([
      { what: 'the refund fails after all', conclusions: [{ kind: 'granted' }] },
    ])
  })

  test('tells what has been compacted since, and names products as the shop does', async () => {
    const stripe = newAccount('whole')
    const { subscription } = createByCard(stripe, {
      customer: ada(stripe),
      items: [{ price: PRO }],
    })
    await receive(stripe.bodies.splice(0), START)
    for (let day = 1; day <= 50; day += 1) {
      stripe.until(START + day * DAY)
      subscription.update({ metadata: { day: String(day) } })
      await receive(stripe.bodies.splice(0), stripe.now)
    }
    const story = await tested.engine.explain({ customer: 'ada' })
    expect(story.timeline.filter(({ eventType }) => eventType.endsWith('.updated'))).toHaveLength(
      50,
    )
    expect(story.turns.flatMap(({ deeds }) => deeds)).toMatchObject([
      { what: expect.stringMatching(/^A subscription to \S+ began and was paid\.$/) as string },
    ])
    expect(story.unremarkable).toBeGreaterThanOrEqual(50)
  })

  test('judges what was known at that second, whatever the clock says now', async () => {
    const stripe = newAccount('judged')
    startTrial(stripe, {
      customer: ada(stripe),
      items: [{ price: PRO }],
      trialEnd: START + 7 * DAY,
    })
    await receive(stripe.bodies, START)

    expect(await stateAt(START + 6 * DAY, 'reports')).toMatchObject({
      state: 'trial',
      until: START + 7 * DAY + HOUR,
    })
    expect(await stateAt(START + 8 * DAY, 'reports')).toMatchObject({ allowed: false })
    const story = await tested.engine.explain({ customer: 'ada', at: START + 6 * DAY })
    expect(story.wakeAt).toBe(START + 7 * DAY + HOUR)
    expect(story.grants.map(({ feature, state }) => `${feature} ${state}`)).toEqual([
      'reports trial',
      'seats trial',
    ])
  })

  test('brings back what has been compacted since', async () => {
    const stripe = newAccount('compacted')
    const { subscription } = createByCard(stripe, {
      customer: ada(stripe),
      items: [{ price: PRO }],
    })
    await receive(stripe.bodies.splice(0), START)
    for (let day = 1; day <= 50; day += 1) {
      stripe.until(START + day * DAY)
      subscription.update({ metadata: { day: String(day) } })
      await receive(stripe.bodies.splice(0), stripe.now)
    }
    const { rows } = await database.query<{ count: number }>(
      `select cardinality(compacted)::int4 as count from proviso.facts where type = 'subscription'`,
    )
    expect(rows[0]?.count).toBeGreaterThan(10)

    const story = await tested.engine.explain({ customer: 'ada', at: START + 10 * DAY })
    const updates = story.timeline.filter(({ eventType }) => eventType.endsWith('.updated'))
    expect(updates).toHaveLength(10)
    expect(story.features['reports']).toMatchObject({ state: 'active' })
  })

  test('knows an event by the shape it had come in by then', async () => {
    const stripe = newAccount('shapes')
    const { subscription } = createByCard(stripe, {
      customer: ada(stripe),
      items: [{ price: PRO, quantity: 2 }],
    })
    await receive(stripe.bodies, START)
    // The same event listed later by the API shows the subscription as canceled already.
    const created = stripe.bodies.find(({ type }) => type === 'customer.subscription.created')
    if (created === undefined || !isEvent(created)) throw new Error('No subscription was created.')
    const object = { ...created.data.object, status: 'canceled', ended_at: START + DAY }
    await receive([{ ...created, data: { object } }], START + 5 * DAY)
    expect(subscription.id).toBe('sub_shapes1')

    expect(await stateAt(START + DAY, 'seats')).toMatchObject({ state: 'active', value: 2 })
    expect(await stateAt(START + 5 * DAY, 'seats')).toMatchObject({ state: 'ended' })
  })

  test('tells of one feature alone, and of no feature the catalog has not', async () => {
    const stripe = newAccount('feature')
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    await receive(stripe.bodies, START)

    const story = await tested.engine.explain({
      customer: 'ada',
      feature: 'seats',
      at: START + DAY,
    })
    expect(Object.keys(story.features)).toEqual(['seats'])
    expect(new Set(story.grants.map(({ feature }) => feature))).toEqual(new Set(['seats']))
    await expect(
      tested.engine.explain({ customer: 'ada', feature: 'export' }),
    ).rejects.toMatchObject({ code: 'unknown_feature' })
  })

  test('of somebody unknown tells that nothing is known', async () => {
    const story = await tested.engine.explain({ customer: 'nobody', at: START })
    expect(story).toMatchObject({ customer: 'nobody', timeline: [], grants: [], needs: [] })
    expect(story.features['reports']).toMatchObject({ allowed: false, state: 'none' })
  })

  test('of another mode or account tells nothing of this one', async () => {
    const stripe = newAccount('scope')
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    await receive(stripe.bodies, START)
    for (const scope of [{ livemode: true }, { account: 'acct_1' }]) {
      const story = await tested.engine.explain({ customer: 'ada', at: START + DAY, ...scope })
      expect(story.timeline).toEqual([])
      expect(story.features['reports']).toMatchObject({ state: 'none' })
    }
  })

  test('counts a grant by hand from the second it was made', async () => {
    tested.clock.at = START + 10 * DAY
    await tested.engine.grant({ customer: 'ada', feature: 'exports', id: 'gift' })
    await backdate(0n, START + 10 * DAY)
    tested.clock.at = START + 60 * DAY
    expect(await stateAt(START + 9 * DAY, 'exports')).toMatchObject({ state: 'none' })
    expect(await stateAt(START + 10 * DAY, 'exports')).toMatchObject({ state: 'active' })
  })
})

function newAccount(prefix: string): Account {
  return new Account({ shape: 'basil', prefix, start: START })
}
