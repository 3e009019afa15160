/** A human's grant is not Stripe's to erase (law 6). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GrantRequest } from '../../src/engine/engine.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import {
  allChanges,
  emptyDatabase,
  openEngine,
  storedVerdicts,
  told,
  type TestEngine,
} from '../support/engine.ts'
import { CATALOG, PRO } from '../support/stories/catalogs.ts'
import { ada, START } from '../support/stories/story.ts'
import { Account, createByCard, DAY } from '../support/stripe/index.ts'

const NOW = START + DAY

describe.each(testDatabases)('grants by hand on $name', ({ open }) => {
  let database: Database
  let tested: TestEngine
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(database)
    tested = await openEngine(database, { catalog: CATALOG, at: NOW })
  })
  afterEach(async () => {
    expect((await tested.engine.verify()).differences).toEqual([])
    const before = await storedVerdicts(database)
    expect((await tested.engine.rebuild()).changes).toBe(0)
    expect((await storedVerdicts(database)).get('ada')?.access).toEqual(before.get('ada')?.access)
    expect((await tested.engine.verify()).differences).toEqual([])
    await tested.close()
    expect(tested.complaints).toEqual([])
  })
  afterAll(() => database.close())

  const featureOf = async (customer: string, feature: string) =>
    (await tested.engine.access(customer)).features[feature]
  const grant = (request: Partial<GrantRequest>) =>
    tested.engine.grant({ customer: 'ada', feature: 'reports', ...request })
  const observations = async () =>
    (await database.query('select 1 from proviso.observations')).rowCount

  test('give and take what they name, at once', async () => {
    const { id } = await grant({ note: 'a friend' })
    expect(await featureOf('ada', 'reports')).toMatchObject({
      state: 'active',
      value: true,
      until: null,
    })
    expect(await tested.engine.grantsOf('ada')).toMatchObject([
      { feature: 'reports', kind: 'manual', product: null, state: 'active' },
    ])

    expect(await tested.engine.revoke({ customer: 'ada', id })).toEqual({ revoked: [id] })
    expect(await featureOf('ada', 'reports')).toMatchObject({ state: 'ended' })
    expect((await allChanges(tested.engine)).map(told)).toEqual([
      'ada/reports none → active (manual)',
      'ada/reports active → ended (manual)',
    ])
    expect((await allChanges(tested.engine)).flatMap((change) => change.observations)).toEqual([
      expect.stringMatching(/^act_/),
      expect.stringMatching(/^act_/),
    ])
  })

  test('are made once, however often the same id is asked for', async () => {
    const request = { id: 'gift-1', until: NOW + DAY, note: 'first' }
    const first = await grant(request)
    tested.clock.at += 60
    expect(await grant({ ...request, note: 'again' })).toEqual(first)
    expect(await observations()).toBe(1)

    await tested.engine.revoke({ customer: 'ada', id: 'gift-1' })
    tested.clock.at += 60
    expect(await tested.engine.revoke({ customer: 'ada', id: 'gift-1' })).toEqual({ revoked: [] })
    expect(await observations()).toBe(2)
    expect(await allChanges(tested.engine)).toHaveLength(2)
  })

  test('are made once, also when asked for many times at once', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, () => grant({ id: 'gift-1' })))
    expect(new Set(asked.map(({ id }) => id))).toEqual(new Set(['gift-1']))
    expect(await tested.engine.grantsOf('ada')).toHaveLength(1)
    expect(await allChanges(tested.engine)).toHaveLength(1)
  })

  test('are given to one of those who ask for the same id at once, whatever for', async () => {
    const asked = await Promise.allSettled(
      ['ada', 'bob', 'cyd', 'dan'].flatMap((customer) => [
        grant({ id: 'gift-1', customer }),
        grant({ id: 'gift-1', customer, feature: 'exports' }),
      ]),
    )
    const given = asked.filter(({ status }) => status === 'fulfilled')
    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []))
    expect(given).toHaveLength(1)
    expect(new Set(refused.map((error) => 'code' in error && error.code))).toEqual(
      new Set(['invalid_request']),
    )
    expect(await observations()).toBe(1)
    expect(await allChanges(tested.engine)).toHaveLength(1)
  })

  test('are revoked once, also when asked for many times at once', async () => {
    await grant({ id: 'gift-1' })
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => tested.engine.revoke({ customer: 'ada', id: 'gift-1' })),
    )
    expect(asked.flatMap(({ revoked }) => revoked)).toEqual(['gift-1'])
    expect(await observations()).toBe(2)
  })

  test('are not recorded any more once the engine is closed', async () => {
    const { id } = await grant({})
    await tested.engine.close()
    for (const refused of [grant({}), tested.engine.revoke({ customer: 'ada', id })]) {
      await expect(refused).rejects.toMatchObject({ code: 'shutting_down', isRetryable: true })
    }
    expect(await observations()).toBe(1)
    await tested.close()
    tested = await openEngine(database, { catalog: CATALOG, at: NOW })
  })

  test.each([
    { what: 'another feature', other: { feature: 'exports' } },
    { what: 'another end', other: { until: NOW + 2 * DAY } },
    { what: 'another customer', other: { customer: 'bob' } },
  ])('are refused under an id that was used for $what', async ({ other }) => {
    await grant({ id: 'gift-1', until: NOW + DAY })
    await expect(grant({ id: 'gift-1', until: NOW + DAY, ...other })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('gift-1') as string,
    })
    expect(await observations()).toBe(1)
  })

  test('are refused under an id that was revoked', async () => {
    await grant({ id: 'gift-1' })
    await tested.engine.revoke({ customer: 'ada', id: 'gift-1' })
    await expect(grant({ id: 'gift-1' })).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await featureOf('ada', 'reports')).toMatchObject({ allowed: false })
  })

  test('with one id stay apart in live mode, test mode and connected accounts', async () => {
    await grant({ id: 'gift-1', feature: 'seats', value: 1 })
    await grant({ id: 'gift-1', feature: 'seats', value: 2, livemode: true })
    await grant({ id: 'gift-1', feature: 'seats', value: 3, account: 'acct_1' })
    await tested.engine.revoke({ customer: 'ada', id: 'gift-1', livemode: true })

    const values = await Promise.all(
      [{}, { livemode: true }, { account: 'acct_1' }].map(
        async (scope) => (await tested.engine.access('ada', scope)).features['seats']?.value,
      ),
    )
    expect(values).toEqual([1, 0, 3])
  })

  test('end by themselves where they have an end', async () => {
    await grant({ until: NOW + DAY })
    expect(await featureOf('ada', 'reports')).toMatchObject({ state: 'active', until: NOW + DAY })
    tested.clock.at = NOW + DAY
    await tested.engine.tick()
    expect(await featureOf('ada', 'reports')).toMatchObject({ state: 'ended' })
    expect((await allChanges(tested.engine)).map(told).at(-1)).toBe(
      'ada/reports active → ended (clock)',
    )
  })

  test('add to what was bought, and stay when that ends or its customer is deleted', async () => {
    const stripe = new Account({ shape: 'basil', prefix: 'bought', start: START })
    const customer = ada(stripe)
    const items = [{ price: PRO, quantity: 3 }]
    const { subscription } = createByCard(stripe, { customer, items })
    await grant({ feature: 'seats', value: 2 })
    await grant({ feature: 'exports' })
    await tested.hold(stripe.bodies.splice(0))
    expect(await featureOf('ada', 'seats')).toMatchObject({ state: 'active', value: 5 })

    subscription.end()
    await tested.hold(stripe.bodies.splice(0))
    expect(await featureOf('ada', 'seats')).toMatchObject({ state: 'active', value: 2 })
    expect(await featureOf('ada', 'reports')).toMatchObject({ allowed: false })

    customer.delete()
    await tested.hold(stripe.bodies)
    expect(await featureOf('ada', 'seats')).toMatchObject({ state: 'active', value: 2 })
    expect(await featureOf('ada', 'exports')).toMatchObject({ state: 'active' })
  })

  test('are revoked together by their feature, and only those', async () => {
    const first = await grant({ feature: 'seats', value: 1 })
    const second = await grant({ feature: 'seats', value: 2 })
    await grant({ feature: 'exports' })
    expect(await featureOf('ada', 'seats')).toMatchObject({ value: 3 })

    const { revoked } = await tested.engine.revoke({ customer: 'ada', feature: 'seats' })
    expect(revoked.toSorted()).toEqual([first.id, second.id].toSorted())
    expect(await featureOf('ada', 'seats')).toMatchObject({ state: 'ended', value: 0 })
    expect(await featureOf('ada', 'exports')).toMatchObject({ state: 'active' })
  })

  test.each([
    {
      what: 'a feature the catalog has not',
      request: { feature: 'export' },
      code: 'unknown_feature',
    },
    { what: 'a number for a flag', request: { value: 3 } },
    { what: 'false for a flag', request: { value: false } },
    { what: 'true for a quantity', request: { feature: 'seats', value: true } },
    { what: 'a negative quantity', request: { feature: 'seats', value: -1 } },
    { what: 'half a seat', request: { feature: 'seats', value: 1.5 } },
    { what: 'a quantity that is no number', request: { feature: 'seats', value: Number.NaN } },
    { what: 'an empty customer', request: { customer: '' } },
    { what: 'a customer with a NUL', request: { customer: 'a\u0000b' } },
    { what: 'a customer of 300 characters', request: { customer: 'x'.repeat(300) } },
    { what: 'an id with a line break', request: { id: 'a\nb' } },
    { what: 'an end in milliseconds that is no second', request: { until: 1_790_000_000.5 } },
    { what: 'an end that is no number', request: { until: Number.NaN } },
    { what: 'an end at infinity', request: { until: Infinity } },
    { what: 'an end before 1970', request: { until: -1 } },
  ])('are refused with $what', async ({ request, code = 'invalid_request' }) => {
    await expect(grant(request)).rejects.toMatchObject({ code })
    expect(await observations()).toBe(0)
  })

  test.each([
    { feature: 'reports', value: true, given: true },
    { feature: 'reports', value: null, given: true },
    { feature: 'seats', value: null, given: 1 },
    { feature: 'seats', value: 0, given: 0 },
    { feature: 'calls', value: null, given: null },
    { feature: 'calls', value: 500, given: 500 },
  ])('of $feature with value $value give $given', async ({ feature, value, given }) => {
    await grant({ feature, value })
    expect(await featureOf('ada', feature)).toMatchObject({ state: 'active', value: given })
  })

  test('may be noted with anything', async () => {
    await grant({ note: `NUL \u0000, half a character \ud800, ${'x'.repeat(10_240)}` })
    expect(await featureOf('ada', 'reports')).toMatchObject({ state: 'active' })
    expect(await tested.engine.health()).toMatchObject({ pending: 0, alerts: 0 })
  })

  test('of somebody else, or never made, cannot be revoked', async () => {
    await grant({ id: 'gift-1' })
    for (const request of [
      { customer: 'bob', id: 'gift-1' },
      { customer: 'ada', id: 'gift-2' },
      { customer: 'ada', feature: 'seats' },
    ]) {
      await expect(tested.engine.revoke(request)).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(await featureOf('ada', 'reports')).toMatchObject({ state: 'active' })
  })

  test('for a feature a later catalog drops come back with it', async () => {
    await grant({ feature: 'exports' })
    const features = { reports: { type: 'flag' as const } }
    const without = await openEngine(database, {
      catalog: { features, products: {} },
      at: NOW,
      mode: 'serverless',
    })
    await without.engine.tick()
    expect((await storedVerdicts(database)).get('ada')?.access).not.toHaveProperty('exports')
    await without.close()

    const again = await openEngine(database, { catalog: CATALOG, at: NOW, mode: 'serverless' })
    await again.engine.tick()
    expect(await featureOf('ada', 'exports')).toMatchObject({ state: 'active' })
    await again.close()
  })
})
