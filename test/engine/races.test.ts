/**
 * Two processes settle at once what belongs together. One of them is stopped before each of its
 * statements in turn while the other runs, so every way their transactions can overlap is met.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FeatureAccess } from '../../src/core/decision.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { Database } from '../../src/store/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { emptyDatabase, openEngine, watching } from '../support/engine.ts'
import { doneOrWaiting, gated } from '../support/gate.ts'
import { clockAt, onTestClock } from '../support/test-clock.ts'
import { CATALOG, LIFETIME, PRO, TEAM, withPolicy } from '../support/stories/catalogs.ts'
import { ADA, ada, START } from '../support/stories/story.ts'
import {
  Account,
  type Body,
  buyByCard,
  createByCard,
  Customer,
  DAY,
} from '../support/stripe/index.ts'

interface Race {
  name: string
  catalog: typeof CATALOG
  /** Settled before the race. */
  before: readonly Body[]
  one: readonly Body[]
  other: readonly Body[]
  customer: string
  feature: string
  expected: Partial<FeatureAccess>
}

const NOW = START + DAY

/** More than a settle transaction has. */
const MOST_STATEMENTS = 30

describe.each(races())('$name', (race) => {
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

  test.each([
    { title: 'when the first is under way', first: race.one, second: race.other },
    { title: 'when the second is under way', first: race.other, second: race.one },
  ])('$title', async ({ first, second }) => {
    let stops = 0
    for (; stops < MOST_STATEMENTS; stops += 1) {
      await emptyDatabase(database)
      if (!(await overlap(race, { first, second, stop: stops + 1 }))) break
    }
    expect(stops).toBeGreaterThan(8)
    expect(stops).toBeLessThan(MOST_STATEMENTS)
  })

  /** Answers whether the first had a statement of that number to be stopped at. */
  async function overlap(
    { catalog, before, customer, feature, expected }: Race,
    { first, second, stop }: { first: readonly Body[]; second: readonly Body[]; stop: number },
  ): Promise<boolean> {
    const setup = await openEngine(database, { catalog, at: NOW })
    await setup.hold(before)
    const gate = gated(database, (_, count) => count === stop)
    const watchedOne = watching(gate.database)
    const watchedOther = watching(rival)
    const one = await openEngine(watchedOne.database, { catalog, at: NOW })
    const other = await openEngine(watchedOther.database, { catalog, at: NOW })

    await setup.post(first)
    const firstDone = one.engine.tick()
    const isReached = await Promise.race([
      gate.reached.then(() => true),
      firstDone.then(() => false),
    ])
    await setup.post(second)
    const secondDone = other.engine.tick()
    if (isReached) await doneOrWaiting(database, secondDone)
    gate.open()
    await Promise.all([firstDone, secondDone])
    await setup.engine.settled()

    const where = `stopped before statement ${stop}`
    const access = await setup.engine.access(customer)
    expect(access.features[feature], where).toMatchObject(expected)
    expect((await setup.engine.verify()).differences, where).toEqual([])
    expect([...watchedOne.states, ...watchedOther.states], where).toEqual([])
    for (const tested of [setup, one, other]) {
      await tested.close()
      expect(tested.complaints, where).toEqual([])
    }
    return isReached
  }
})

function races(): Race[] {
  const refunded = { customer: 'ada', feature: 'reports', expected: { state: 'ended' } as const }
  return [
    {
      name: 'a refund beside the payment that tells whose it is',
      catalog: CATALOG,
      ...purchaseAndRefund('refund'),
      ...refunded,
    },
    {
      name: 'a dispute beside the payment that tells whose it is',
      catalog: CATALOG,
      ...purchaseAndRefund('dispute'),
      ...refunded,
      expected: { state: 'suspended' },
    },
    {
      name: "a refund beside a guest's Checkout",
      catalog: CATALOG,
      ...guestAndRefund(),
      ...refunded,
    },
    {
      name: 'a dispute beside the join of payment and invoice',
      catalog: withPolicy({ dispute: 'suspend' }),
      ...invoiceAndDispute(),
      ...refunded,
      expected: { allowed: false, state: 'suspended' },
    },
    {
      name: 'two Stripe customers of one app customer',
      catalog: CATALOG,
      ...twoStripeCustomers(),
      customer: 'ada',
      feature: 'seats',
      expected: { state: 'active', value: 5 },
    },
    {
      name: 'the name of a Stripe customer beside its subscription',
      catalog: CATALOG,
      ...namedLater(),
      customer: 'ada',
      feature: 'seats',
      expected: { state: 'active', value: 3 },
    },
    {
      name: 'a test clock that moves beside a customer that is put on it',
      catalog: CATALOG,
      ...movedOn(),
      customer: 'ada',
      feature: 'seats',
      expected: { allowed: false },
    },
  ]
}

/** Stripe's own order is scrambled most when a test clock moves (stripe-facts row 96). */
function movedOn(): Sides {
  const stripe = new Account({ shape: 'basil', prefix: 'race', start: START })
  createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO, quantity: 3 }] })
  const one = onTestClock(stripe.bodies, 'clock_race')
  return { before: [], one, other: [clockAt('clock_race', START + 40 * DAY, NOW)] }
}

type Sides = Pick<Race, 'before' | 'one' | 'other'>

/** Only the refund itself tells of it: its charge's own event would name the customer. */
function purchaseAndRefund(kind: 'refund' | 'dispute'): Sides {
  const stripe = new Account({ shape: 'basil', prefix: 'race', start: START })
  const { payment } = buyByCard(stripe, { customer: ada(stripe), price: LIFETIME })
  if (kind === 'refund') payment.refund()
  else payment.dispute()
  const [one, other] = split(stripe.bodies, /^(refund|charge\.dispute)\.created/)
  return { before: [], one, other: without(other, 'charge.refunded') }
}

function guestAndRefund(): Sides {
  const stripe = new Account({ shape: 'basil', prefix: 'race', start: START })
  const fields = { customer: null, price: LIFETIME, clientReferenceId: 'ada' }
  buyByCard(stripe, fields).payment.refund()
  const [one, other] = split(stripe.bodies, /^refund\.created/)
  return { before: [], one, other: without(other, 'charge.refunded') }
}

/** `basil` invoices name no payment: the join alone leads from the dispute to the invoice. */
function invoiceAndDispute(): Sides {
  const stripe = new Account({ shape: 'basil', prefix: 'race', start: START })
  const { invoice } = createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
  invoice.intent().dispute()
  const [one, rest] = split(stripe.bodies, /^charge\.dispute\.created/)
  const [other, before] = split(rest, /^invoice_payment/)
  // A payment that names the customer would lead there as well.
  return {
    before: before.filter(({ type }) => !/^(payment_intent|charge)\./.test(type)),
    one,
    other,
  }
}

function twoStripeCustomers(): Sides {
  const stripe = new Account({ shape: 'basil', prefix: 'race', start: START })
  const first = new Customer(stripe)
  createByCard(stripe, { customer: first, items: [{ price: PRO, quantity: 3 }], metadata: ADA })
  const second = new Customer(stripe)
  createByCard(stripe, { customer: second, items: [{ price: TEAM, quantity: 2 }], metadata: ADA })
  const isFirst = (body: Body) => JSON.stringify(body).includes(`"${first.id}"`)
  const joined = without(stripe.bodies, 'invoice_payment.paid')
  return {
    before: [],
    one: joined.filter(isFirst),
    other: joined.filter((body) => !isFirst(body)),
  }
}

function namedLater(): Sides {
  const stripe = new Account({ shape: 'basil', prefix: 'race', start: START })
  const customer = new Customer(stripe).emit('customer.created')
  createByCard(stripe, { customer, items: [{ price: PRO, quantity: 3 }] })
  customer.update({ metadata: ADA })
  const [one, other] = split(stripe.bodies, /^customer\.updated/)
  return { before: [], one, other }
}

function split(bodies: readonly Body[], type: RegExp): [Body[], Body[]] {
  const isPicked = (body: Body) => type.test(body.type)
  return [bodies.filter(isPicked), bodies.filter((body) => !isPicked(body))]
}

function without(bodies: readonly Body[], type: string): Body[] {
  return bodies.filter((body) => body.type !== type)
}
