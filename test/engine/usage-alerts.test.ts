/** What is used up is told like any other change: in the feed, once each, in the transaction of the use. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { allChanges, emptyDatabase, openEngine, type TestEngine } from '../support/engine.ts'
import { CALLS, CALLS_MORE } from '../support/stories/catalogs.ts'
import { ada, START } from '../support/stories/story.ts'
import { Account, createByCard, DAY } from '../support/stripe/index.ts'
import { USAGE_CATALOG } from '../support/usage-catalog.ts'

const NOW = START + DAY

describe('alerts of usage', () => {
  let server: { url: string; drop(): Promise<void> }
  let database: Database
  let tested: TestEngine
  beforeAll(async () => {
    server = await createTestDatabase({ isMigrated: true })
    database = openPostgres(server.url)
  })
  beforeEach(async () => {
    await emptyDatabase(database)
    tested = await openEngine(database, { catalog: USAGE_CATALOG, at: NOW })
  })
  afterEach(async () => {
    expect((await tested.engine.verify()).differences).toEqual([])
    expect((await tested.engine.rebuild()).changes).toBe(0)
    await tested.close()
    expect(tested.complaints).toEqual([])
  })
  afterAll(async () => {
    await database.close()
    await server.drop()
  })

  const use = (quantity: number, feature = 'calls') =>
    tested.engine.consume({ customer: 'ada', feature, quantity })
  const told = async () =>
    (await allChanges(tested.engine))
      .filter(({ cause }) => cause === 'usage')
      .map(({ feature, after }) => `${feature} ${after.reasons[0]?.code}`)

  test('come at 80 % and at 100 % of a limit, once each', async () => {
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    await use(7)
    expect(await told()).toEqual([])
    await use(1)
    expect(await told()).toEqual(['calls usage_80'])
    await use(1)
    await use(5)
    expect(await told()).toEqual(['calls usage_80'])
    await use(1)
    await tested.engine.track({ customer: 'ada', feature: 'calls', quantity: 3 })
    await tested.engine.settled()
    expect(await told()).toEqual(['calls usage_80', 'calls usage_100'])
    const { changes } = await tested.engine.changes({})
    expect(changes.at(-1)).toMatchObject({
      cause: 'usage',
      customer: 'ada',
      decidedAt: NOW,
      before: { allowed: true, state: 'active', value: 10 },
      after: { allowed: true, state: 'active', value: 10 },
    })
    expect(changes.at(-1)?.after.reasons[0]?.message).toBe(
      'ada has used all that is included of calls: 10 of 10, 0 left.',
    )
  })

  test('come together where one use crosses both, and anew in the next period', async () => {
    const stripe = new Account({ shape: 'basil', prefix: 'alerts', start: START })
    createByCard(stripe, { customer: ada(stripe), items: [{ price: CALLS }] })
    await tested.hold(stripe.bodies)
    const { usage } = await use(500)
    expect(await told()).toEqual(['calls usage_80', 'calls usage_100'])
    tested.clock.at = usage.resetsAt ?? 0
    await use(399)
    expect(await told()).toHaveLength(2)
    await use(1)
    expect(await told()).toEqual(['calls usage_80', 'calls usage_100', 'calls usage_80'])
  })

  test('come anew where a plan with another limit is used up', async () => {
    const stripe = new Account({ shape: 'basil', prefix: 'more', start: START })
    const { subscription } = createByCard(stripe, {
      customer: ada(stripe),
      items: [{ price: CALLS }],
    })
    await tested.hold(stripe.bodies.splice(0))
    await use(500)
    stripe.wait(DAY)
    createByCard(stripe, { customer: ada(stripe), items: [{ price: CALLS_MORE }] })
    subscription.end()
    await tested.hold(stripe.bodies)
    await use(1)
    expect(await told()).toEqual(['calls usage_80', 'calls usage_100'])
  })

  test('come when credits are low and when there are none, and anew after new ones', async () => {
    await tested.engine.grant({ customer: 'ada', feature: 'tokens', value: 100 })
    await use(80, 'tokens')
    expect(await told()).toEqual([])
    await use(1, 'tokens')
    await use(19, 'tokens')
    expect(await told()).toEqual(['tokens credits_low', 'tokens credits_zero'])
    tested.clock.at += 60
    await tested.engine.grant({ customer: 'ada', feature: 'tokens', value: 10 })
    await use(8, 'tokens')
    expect(await told()).toHaveLength(2)
    await use(1, 'tokens')
    expect((await told()).slice(2)).toEqual(['tokens credits_low'])
  })

  test('come once for each limit of a period, however often a limit comes and goes', async () => {
    // Given a customer who was told of a limit
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    await use(8)
    expect(await told()).toEqual(['calls usage_80'])

    // When more is given and taken away again
    const more = { customer: 'ada', feature: 'calls', id: 'more' }
    await tested.engine.grant({ ...more, value: 10 })
    await use(1)
    await tested.engine.revoke(more)
    await tested.engine.track({ customer: 'ada', feature: 'calls' })
    await tested.engine.settled()

    // Then only what was not told yet of the limit comes
    expect(await told()).toEqual(['calls usage_80', 'calls usage_100'])
    await tested.engine.grant({ ...more, id: 'again', value: 10 })
    await use(6)
    expect((await told()).slice(2)).toEqual(['calls usage_80'])
    await tested.engine.revoke({ ...more, id: 'again' })
    await tested.engine.track({ customer: 'ada', feature: 'calls' })
    await tested.engine.settled()
    expect(await told()).toHaveLength(3)
  })

  test('of what is over, and of limits beyond the latest twenty, are forgotten', async () => {
    const memory = async () => {
      const { rows } = await database.query<{ alerts: object }>(
        'select alerts from proviso.usage_ledgers',
      )
      return Object.keys(rows[0]?.alerts ?? {})
    }
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 1 })
    for (let limit = 2; limit <= 25; limit += 1) {
      await use(1)
      await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 1, id: `g${limit}` })
    }
    const { usage } = await use(1)
    expect(await memory()).toHaveLength(20)
    tested.clock.at = usage.resetsAt ?? 0
    await use(1)
    expect(await memory()).toHaveLength(1)
  })

  test('that are remembered in a shape nobody knows are told anew', async () => {
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    await use(8)
    for (const alerts of ['{"key":"k","total":3,"sent":["usage_80"]}', '[null]', 'null', '"k"']) {
      await database.query('update proviso.usage_ledgers set alerts = $1::json', [alerts])
      expect(await use(1)).toMatchObject({ usage: { limit: 10 } })
      await tested.engine.track({ customer: 'ada', feature: 'calls' })
      await tested.engine.settled()
    }
    expect(new Set(await told())).toEqual(new Set(['calls usage_80', 'calls usage_100']))
  })

  test('of credits are judged by the latest that came, also after it has expired', async () => {
    // Given credits that were low, and some that came later and expire sooner
    await tested.engine.grant({ customer: 'ada', feature: 'tokens', value: 1000 })
    await use(900, 'tokens')
    expect(await told()).toEqual(['tokens credits_low'])
    tested.clock.at += 60
    const until = tested.clock.at + 3600
    await tested.engine.grant({ customer: 'ada', feature: 'tokens', value: 100, until })
    await use(165, 'tokens')
    expect((await told()).slice(1)).toEqual(['tokens credits_low'])

    // When those are gone
    tested.clock.at = until
    await use(30, 'tokens')

    // Then what is left of the older is no news; that nothing is left is
    expect(await told()).toHaveLength(2)
    await use(5, 'tokens')
    expect((await told()).slice(2)).toEqual(['tokens credits_zero'])
  })

  test('are heard by whoever follows the feed', async () => {
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 1 })
    const heard: string[] = []
    tested.engine.onChange('mailer', async ({ after }) => {
      heard.push(after.reasons[0]?.code ?? '')
    })
    await use(1)
    await tested.engine.tick()
    expect(heard.slice(-2)).toEqual(['usage_80', 'usage_100'])
  })

  test('hold nobody up: while the customer is being decided for long, they come when that is over', async () => {
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    await tested.engine.grant({ customer: 'ada', feature: 'tokens', value: 10 })
    await database.transaction(async (tx) => {
      await tx.query(`select 1 from proviso.customers where id = 'ada' for update`)
      expect(await use(9)).toMatchObject({ allowed: true, usage: { used: 9 } })
      expect(await use(10, 'tokens')).toMatchObject({ allowed: true })
      expect(await told()).toEqual([])
    })
    // Nothing more is used.
    await vi.waitFor(
      async () =>
        expect((await told()).sort()).toEqual([
          'calls usage_80',
          'tokens credits_low',
          'tokens credits_zero',
        ]),
      { timeout: 30_000, interval: 50 },
    )
    await use(1)
    expect((await told()).slice(3)).toEqual(['calls usage_100'])
  })

  test('that were held up are told by the next use where that is sooner', async () => {
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    await database.transaction(async (tx) => {
      await tx.query(`select 1 from proviso.customers where id = 'ada' for update`)
      expect(await use(9)).toMatchObject({ allowed: true, usage: { used: 9 } })
      expect(await told()).toEqual([])
    })
    await use(1)
    expect(await told()).toEqual(['calls usage_80', 'calls usage_100'])
  })
})
