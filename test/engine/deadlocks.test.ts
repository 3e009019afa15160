/** Processes that settle what crosses must wait for each other in one direction only. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { INSERT_CUSTOMERS } from '../../src/store/statements/customers.ts'
import { APPEND_CHANGES } from '../../src/store/statements/changes.ts'
import { createTestDatabase } from '../support/database.ts'
import { emptyDatabase, openEngine, watching } from '../support/engine.ts'
import { doneOrWaiting, gated } from '../support/gate.ts'
import { CATALOG, PRO } from '../support/stories/catalogs.ts'
import { ada, BOB, START } from '../support/stories/story.ts'
import { Account, type Body, createByCard, Customer, DAY } from '../support/stripe/index.ts'
import { clockAt, onTestClock } from '../support/test-clock.ts'

const BOUND = { timeout: 20_000, interval: 5 }
const options = { catalog: CATALOG, at: START + DAY }

describe('two processes', () => {
  let server: { url: string; drop(): Promise<void> }
  let database: Database
  let rival: Database
  beforeAll(async () => {
    server = await createTestDatabase({ isMigrated: true })
    database = openPostgres(server.url)
    rival = openPostgres(server.url)
  })
  beforeEach(() => emptyDatabase(database))
  afterAll(async () => {
    await database.close()
    await rival.close()
    await server.drop()
  })

  test('meet the same two newcomers, one of whom appears in between', async () => {
    const stripe = new Account({ shape: 'basil', prefix: 'newcomer', start: START })
    const firsts = [named(stripe, 'bob'), named(stripe, 'cyd')]
    const appearing = named(stripe, 'cyd')
    const seconds = [named(stripe, 'bob'), named(stripe, 'cyd')]
    const setup = await openEngine(database, options)
    const inserting = gated(database, (text) => text === INSERT_CUSTOMERS)
    let isInserted = false
    const afterwards = gated(inserting.database, (text) => {
      const isNext = isInserted
      isInserted ||= text === INSERT_CUSTOMERS
      return isNext
    })
    const watchedOne = watching(afterwards.database)
    const watchedOther = watching(rival)
    const one = await openEngine(watchedOne.database, options)
    const other = await openEngine(watchedOther.database, options)

    await setup.post(firsts)
    const firstDone = one.engine.tick()
    await inserting.reached
    await setup.post([appearing])
    await other.engine.tick()
    inserting.open()
    await afterwards.reached
    await setup.post(seconds)
    const secondDone = other.engine.tick()
    await doneOrWaiting(database, secondDone)
    afterwards.open()
    await Promise.all([firstDone, secondDone])

    expect([...watchedOne.states, ...watchedOther.states]).toEqual([])
    expect((await setup.engine.verify()).differences).toEqual([])
    for (const tested of [setup, one, other]) await tested.close()
  })

  test('wait for each other only as long as they are open', async () => {
    const stripe = new Account({ shape: 'basil', prefix: 'closing', start: START })
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    const publishing = gated(database, (text) => text === APPEND_CHANGES)
    const one = await openEngine(publishing.database, options)
    const other = await openEngine(rival, options)

    await one.post(stripe.bodies)
    const firstDone = one.engine.settled()
    await publishing.reached
    const secondDone = other.engine.settled()
    await other.close()
    await expect(secondDone).rejects.toMatchObject({ code: 'shutting_down', isRetryable: true })
    publishing.open()
    await firstDone
    await one.close()
  })

  test('leave a person who waits for the other when they close, and the act is kept', async () => {
    const stripe = new Account({ shape: 'basil', prefix: 'acting', start: START })
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    const setup = await openEngine(database, options)
    await setup.engine.grant({ customer: 'ada', feature: 'exports', id: 'old' })
    const publishing = gated(database, (text) => text === APPEND_CHANGES)
    const one = await openEngine(publishing.database, options)
    const other = await openEngine(rival, options)
    const another = await openEngine(rival, options)

    await one.post(stripe.bodies)
    const firstDone = one.engine.settled()
    await publishing.reached
    // Ada's row is held by the first: both wait inside the database.
    const request = { customer: 'ada', feature: 'seats', value: 2, id: 'new' }
    const granted = other.engine.grant(request)
    await doneOrWaiting(database, granted)
    const revoked = another.engine.revoke({ customer: 'ada', id: 'old' })
    void revoked.catch(() => undefined)
    await vi.waitFor(async () => {
      const { rowCount } = await database.query(
        `select 1 from proviso.observations where type = 'proviso.revoke'`,
      )
      expect(rowCount).toBe(1)
    }, BOUND)
    for (const { engine } of [other, another]) await engine.close()
    await expect(granted).rejects.toMatchObject({
      code: 'shutting_down',
      message: expect.stringContaining('new') as string,
    })
    await expect(revoked).rejects.toMatchObject({ code: 'shutting_down' })
    publishing.open()
    await firstDone

    await setup.engine.settled()
    expect(await setup.engine.grant(request)).toMatchObject({ id: 'new' })
    const { features } = await setup.engine.access('ada')
    expect(features).toMatchObject({ seats: { value: 3 }, exports: { state: 'ended' } })
    expect((await setup.engine.verify()).differences).toEqual([])
    for (const tested of [setup, one, other, another]) await tested.close()
  })

  test('settle a test clock and whoever is on it', async () => {
    const stripe = new Account({ shape: 'basil', prefix: 'clocked', start: START })
    const { subscription } = createByCard(stripe, {
      customer: ada(stripe),
      items: [{ price: PRO, quantity: 3 }],
    })
    const before = onTestClock(stripe.bodies.splice(0), 'clock_1')
    subscription.end()
    const ended = onTestClock(stripe.bodies.splice(0), 'clock_1')
    createByCard(stripe, { customer: new Customer(stripe), items: [{ price: PRO }], metadata: BOB })
    const advanced = [...stripe.bodies, clockAt('clock_1', START + 5 * DAY, START + DAY)]

    const setup = await openEngine(database, options)
    await setup.hold(before)
    const publishing = gated(database, (text) => text === APPEND_CHANGES)
    const watchedOne = watching(publishing.database)
    const watchedOther = watching(rival)
    const one = await openEngine(watchedOne.database, options)
    const other = await openEngine(watchedOther.database, options)

    await setup.post(advanced)
    const firstDone = one.engine.tick()
    await publishing.reached
    await setup.post(ended)
    const secondDone = other.engine.tick()
    await doneOrWaiting(database, secondDone)
    publishing.open()
    await Promise.all([firstDone, secondDone])
    await setup.engine.settled()

    expect([...watchedOne.states, ...watchedOther.states]).toEqual([])
    expect((await setup.engine.access('ada')).features['seats']).toMatchObject({ state: 'ended' })
    expect((await setup.engine.verify()).differences).toEqual([])
    for (const tested of [setup, one, other]) await tested.close()
  })
})

function named(stripe: Account, name: string): Body {
  new Customer(stripe, { metadata: { customer_id: name } }).emit('customer.created')
  const [body] = stripe.bodies.splice(0)
  if (body === undefined) throw new Error('The customer told nothing of itself.')
  return body
}
