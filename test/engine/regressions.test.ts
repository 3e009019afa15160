import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compileCatalog } from '../../src/core/compile-catalog.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import {
  allChanges,
  bare,
  emptyDatabase,
  openEngine,
  storedVerdicts,
  told,
  type TestEngine,
} from '../support/engine.ts'
import { Holding, parcelOf } from '../support/holding.ts'
import { CATALOG, LIFETIME, PASS, PRO, TEAM } from '../support/stories/catalogs.ts'
import { ada, ADA, BOB, START } from '../support/stories/story.ts'
import {
  Account,
  type Body,
  buyByCard,
  createByCard,
  Customer,
  DAY,
  type Json,
  renew,
} from '../support/stripe/index.ts'

const NOW = START + DAY

describe.each(testDatabases)('engine on $name', ({ open }) => {
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
    const { differences } = await tested.engine.verify()
    expect(differences).toEqual([])
    await tested.close()
    expect(tested.complaints).toEqual([])
  })
  afterAll(() => database.close())

  const featureOf = async (customer: string, feature: string) =>
    (await tested.engine.access(customer)).features[feature]
  const transitions = async () => (await allChanges(tested.engine)).map(told)

  test('keeps two app customers apart who share a Stripe customer', async () => {
    const stripe = newAccount('shared')
    const customer = new Customer(stripe).emit('customer.created')
    const items = [{ price: PRO, quantity: 3 }]
    const { subscription } = createByCard(stripe, { customer, items, metadata: ADA })
    const more = [{ price: TEAM, quantity: 7 }]
    createByCard(stripe, { customer, items: more, metadata: BOB })
    await tested.hold(stripe.bodies.splice(0))

    expect(await featureOf('ada', 'seats')).toMatchObject({ state: 'active', value: 3 })
    expect(await featureOf('bob', 'seats')).toMatchObject({ state: 'active', value: 7 })
    const shared = await tested.engine.access('cus_shared1')
    expect(shared).toMatchObject({ customer: 'cus_shared1' })
    expect(shared.alerts.map(({ code }) => code)).toEqual(['shared_stripe_customer'])
    expect(Object.values(shared.features).filter(({ allowed }) => allowed)).toEqual([])

    const { next } = await tested.engine.changes({})
    subscription.end()
    await tested.hold(stripe.bodies)
    const { changes } = await tested.engine.changes({ after: next })
    expect(changes.map(told)).toEqual([
      'ada/reports active → ended (event)',
      'ada/seats active → ended (event)',
    ])
    expect(await featureOf('bob', 'seats')).toMatchObject({ state: 'active', value: 7 })
  })

  test('gives one app customer what both of its Stripe customers bought', async () => {
    const stripe = newAccount('twice')
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO, quantity: 3 }] })
    await tested.hold(stripe.bodies.splice(0))
    createByCard(stripe, { customer: ada(stripe), items: [{ price: TEAM, quantity: 2 }] })
    await tested.hold(stripe.bodies)

    expect(await featureOf('ada', 'seats')).toMatchObject({ state: 'active', value: 5 })
    expect(await tested.engine.access('cus_twice1')).toMatchObject({ customer: 'ada' })
    expect(await tested.engine.access('cus_twice2')).toMatchObject({ customer: 'ada' })
  })

  test('moves what was bought to whom the metadata names later', async () => {
    const stripe = newAccount('later')
    const customer = new Customer(stripe).emit('customer.created')
    createByCard(stripe, { customer, items: [{ price: PRO, quantity: 2 }] })
    await tested.hold(stripe.bodies.splice(0))
    expect(await featureOf('cus_later1', 'seats')).toMatchObject({ state: 'active', value: 2 })

    customer.update({ metadata: ADA })
    await tested.hold(stripe.bodies)

    expect((await transitions()).slice(2).sort()).toEqual([
      'ada/reports none → active (event)',
      'ada/seats none → active (event)',
      'cus_later1/reports active → none (linked)',
      'cus_later1/seats active → none (linked)',
    ])
    // The Stripe id still answers, now for whom it belongs to.
    const access = await tested.engine.access('cus_later1')
    expect(access).toMatchObject({ customer: 'ada' })
    expect(access.features['seats']).toMatchObject({ state: 'active', value: 2 })
    expect(access.alerts).toEqual([])
  })

  test('takes nothing from anyone when a subscription changes hands', async () => {
    const stripe = newAccount('hands')
    const customer = new Customer(stripe, { metadata: BOB }).emit('customer.created')
    const items = [{ price: PRO, quantity: 2 }]
    const { subscription } = createByCard(stripe, { customer, items, metadata: ADA })
    buyByCard(stripe, { customer, price: LIFETIME })
    await tested.hold(stripe.bodies.splice(0))
    expect(bareOf(await featureOf('bob', 'reports'))).toMatchObject({
      state: 'active',
      until: null,
    })

    stripe.wait(60 * 60)
    subscription.update({ metadata: BOB })
    await tested.hold(stripe.bodies)

    expect(await featureOf('ada', 'seats')).toMatchObject({ allowed: false })
    expect(await featureOf('bob', 'seats')).toMatchObject({ state: 'active', value: 2 })
    expect(await featureOf('bob', 'reports')).toMatchObject({ state: 'active', until: null })
    expect(await transitions()).toContain('ada/seats active → none (linked)')
  })

  test("adopts a guest's purchase when its payment turns out to be a customer's", async () => {
    const stripe = newAccount('guest')
    const { payment } = buyByCard(stripe, {
      customer: null,
      price: PASS,
      clientReferenceId: 'ada',
    })
    await tested.hold(stripe.bodies.splice(0))
    expect(await featureOf('ada', 'exports')).toMatchObject({ state: 'active' })
    const { next } = await tested.engine.changes({})

    // Stripe made a customer of the guest afterwards: the charge names it now.
    payment.settledCharge.emit('charge.updated')
    const [updated] = stripe.bodies.splice(0)
    await tested.hold([withField(updated, 'customer', 'cus_guest1')])
    expect(await linkOf('pi_guest1')).toBe('cus_guest1')
    expect((await tested.engine.changes({ after: next })).changes).toEqual([])
    expect(await featureOf('ada', 'exports')).toMatchObject({ state: 'active' })

    payment.refund()
    await tested.hold(stripe.bodies)
    expect(await featureOf('ada', 'exports')).toMatchObject({ state: 'ended' })
  })

  test.each(['refund', 'dispute'] as const)(
    'holds a %s that came before its payment until the payment tells whose it is',
    async (kind) => {
      const stripe = newAccount('early')
      const { payment } = buyByCard(stripe, { customer: ada(stripe), price: LIFETIME })
      if (kind === 'refund') payment.refund()
      else payment.dispute()
      const isTold = ({ type }: Body) => /^(refund|charge\.dispute)\./.test(type)
      const hidesCustomer = ({ type }: Body) => type !== 'charge.refunded'
      await tested.hold(stripe.bodies.filter(isTold))
      expect(await allChanges(tested.engine)).toEqual([])

      await tested.hold(stripe.bodies.filter((body) => !isTold(body) && hidesCustomer(body)))
      const state = kind === 'refund' ? 'ended' : 'suspended'
      expect(await featureOf('ada', 'reports')).toMatchObject({ allowed: false, state })
      expect((await allChanges(tested.engine)).some(({ after }) => after.allowed)).toBe(false)
    },
  )

  test('never mixes live mode, test mode and connected accounts, though every id is the same', async () => {
    const scopes = [
      { account: '', livemode: true },
      { account: '', livemode: false },
      { account: 'acct_1', livemode: true },
      { account: 'acct_1', livemode: false },
    ]
    const [paid, refunded, disputed, ended] = (
      ['paid', 'refunded', 'disputed', 'ended'] as const
    ).map((outcome) => {
      const stripe = newAccount('scope')
      const customer = ada(stripe)
      const items = [{ price: PRO, quantity: 3 }]
      const { subscription } = createByCard(stripe, { customer, items })
      const { payment } = buyByCard(stripe, { customer, price: PASS })
      if (outcome === 'refunded') payment.refund()
      if (outcome === 'disputed') payment.dispute()
      if (outcome === 'ended') subscription.end()
      return stripe.bodies
    })
    const told = [paid, refunded, disputed, ended] as Body[][]
    // What comes last in one scope comes first in another.
    await Promise.all(
      scopes.map((scope, index) => tested.post((told[index] ?? []).toReversed(), scope)),
    )
    await tested.engine.settled()

    const seen = await Promise.all(
      scopes.map(async (scope) => {
        const { features } = await tested.engine.access('ada', scope)
        return [features['seats']?.state, features['exports']?.state]
      }),
    )
    expect(seen).toEqual([
      ['active', 'active'],
      ['active', 'ended'],
      ['active', 'suspended'],
      ['ended', 'active'],
    ])
    for (const { account, livemode, feature, after } of await allChanges(tested.engine)) {
      const index = scopes.findIndex(
        (scope) => scope.account === account && scope.livemode === livemode,
      )
      const [seats, exports] = seen[index] ?? []
      expect([seats, exports, 'active'], `${account} ${livemode} ${feature}`).toContain(after.state)
    }
    expect(
      (await tested.engine.access('ada', { account: 'acct_2' })).features['seats'],
    ).toMatchObject({ state: 'none' })
  })

  test('answers by default for the mode of the first event it ever held', async () => {
    const undecided = await openEngine(database, { catalog: CATALOG, at: NOW, livemode: null })
    const stripe = newAccount('mode')
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    const live = stripe.bodies.splice(0)
    await undecided.hold(live, { livemode: true })
    createByCard(stripe, { customer: ada(stripe), items: [{ price: TEAM }] })
    await undecided.hold(stripe.bodies, { livemode: false })

    const access = await undecided.engine.access('ada')
    expect(access.livemode).toBe(true)
    expect(access.features['exports']).toMatchObject({ allowed: false })
    await undecided.close()
  })

  test('counts a late event though the snapshots around it were compacted', async () => {
    const stripe = newAccount('compact')
    const customer = ada(stripe)
    const items = [{ price: PRO, quantity: 1 }]
    const { subscription } = createByCard(stripe, { customer, items })
    const late: Body[] = []
    // Daily seat changes for 70 days; one of the last month never arrived.
    for (let day = 1; day <= 70; day += 1) {
      stripe.wait(DAY)
      subscription.update({ items: subscription.withQuantity(1 + (day % 5)) })
      if (day === 55) late.push(...stripe.bodies.splice(-1))
      if (day % 30 === 0) renew(subscription).finalize().pay()
    }
    tested.clock.at = stripe.now
    for (const body of stripe.bodies) await tested.post([body])
    await tested.engine.settled()
    const before = await storedSubscription()
    expect(before.compacted.length).toBeGreaterThan(20)

    // A late one, and one that was compacted away, in a second shape of the same id.
    const known = stripe.bodies.find(({ id }) => before.compacted.includes(id))
    late.push(withField(known, 'metadata', { shape: 'of another version' }))
    await tested.hold(late)
    const after = await storedSubscription()
    expect(after.snapshots).toBe(before.snapshots + 1)

    const all = [...stripe.bodies, ...late].map(parcelOf)
    const compiled = compileCatalog(CATALOG)
    if (!compiled.ok) throw new Error('The catalog of the stories has problems.')
    const expected = new Holding(all).evaluate(compiled.catalog, tested.clock.at)['ada']
    const stored = (await storedVerdicts(database)).get('ada')
    expect(stored?.access).toEqual(expected?.features)
    expect(stored?.needs).toEqual(expected?.needs)
    expect((await tested.engine.rebuild()).changes).toBe(0)
  })

  async function storedSubscription(): Promise<{ snapshots: number; compacted: string[] }> {
    const { rows } = await database.query<{ snapshots: number; compacted: string[] }>(
      `select json_array_length(snapshots)::int4 as snapshots, compacted
       from proviso.facts where type = 'subscription'`,
    )
    expect(rows).toHaveLength(1)
    return rows[0] as { snapshots: number; compacted: string[] }
  }

  async function linkOf(object: string): Promise<string | null | undefined> {
    const { rows } = await database.query<{ parent: string | null }>(
      'select parent from proviso.links where object = $1',
      [object],
    )
    return rows[0]?.parent
  }
})

function newAccount(prefix: string): Account {
  return new Account({ shape: 'basil', prefix, start: START })
}

function bareOf(access: Parameters<typeof bare>[0] | undefined) {
  return access === undefined ? undefined : bare(access)
}

/** The same event, one field of its object as given. */
function withField(body: Body | undefined, field: string, value: unknown): Body {
  if (body?.object !== 'event') throw new Error('There is no such event.')
  const object: Json = { ...body.data.object, [field]: value }
  return { ...body, data: { ...body.data, object } }
}
