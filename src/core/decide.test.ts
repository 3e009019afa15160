import { describe, expect, it } from 'vitest'
import { pro } from '../../test/support/catalogs.ts'
import {
  access,
  adas,
  DAY,
  decisions,
  FEBRUARY,
  HOUR,
  item,
  JANUARY,
  line,
  MARCH,
  told,
} from '../../test/support/told.ts'
import { decide, RULES_VERSION } from './decide.ts'
import type { SubscriptionState } from './fact.ts'
import { buildFacts } from './facts.ts'

const YEAR = 365 * DAY
const subscription = told('subscription', 'sub_1')
const invoice = told('invoice', 'in_1')

describe('a decision', () => {
  it('lists every feature of the catalog, with the rules that decided and the second', () => {
    const decision = adas([subscription, invoice])
    expect(Object.keys(decision.features)).toEqual([...pro.features.keys()])
    expect(decision).toMatchObject({ rules: RULES_VERSION, customer: 'ada', at: JANUARY + DAY })
  })

  it('for somebody of whom nothing is known allows nothing', () => {
    const facts = buildFacts([subscription, invoice])
    const decision = decide({ facts, customer: 'bob', catalog: pro, now: JANUARY + DAY })
    expect(Object.values(decision.features).filter(({ allowed }) => allowed)).toEqual([])
    expect(decision).toMatchObject({ grants: [], needs: [], alerts: [], wakeAt: null })
  })

  it('wakes at the next second at which the clock alone changes it, step by step', () => {
    let at = JANUARY + DAY
    const states: [string | undefined, number][] = []
    for (let step = 0; step < 10; step++) {
      const decision = adas([subscription, invoice], { at })
      states.push([decision.features['reports']?.reasons[0]?.code, at])
      if (decision.wakeAt === null) break
      // Nothing changes between: the second before is as this one.
      const before = adas([subscription, invoice], { at: decision.wakeAt - 1 })
      expect(before.features).toEqual(decision.features)
      at = decision.wakeAt
    }
    expect(states.at(-1)).toEqual(['renewal_overdue', FEBRUARY + 72 * HOUR])
    expect(states.map(([code]) => code)).toContain('renewal_window')
  })

  it('holds losses by the clock while it is told to, and no others', () => {
    const at = FEBRUARY + 73 * HOUR
    const hold = { cause: 'outage' as const, from: FEBRUARY, until: at + DAY }
    const asked = { customer: 'ada', catalog: pro, now: at, hold }
    const late = decide({ facts: buildFacts([subscription, invoice]), ...asked })
    expect(late.features['reports']).toMatchObject({ allowed: true, until: at + DAY })
    expect(late.wakeAt).toBe(at + DAY)
    const ended = told('subscription', 'sub_1', { status: 'canceled', endedAt: FEBRUARY }, { at })
    const over = decide({ facts: buildFacts([subscription, invoice, ended]), ...asked })
    expect(over.features['reports']).toMatchObject({ allowed: false, state: 'ended' })
  })

  it.each([
    ['needs_response', 'suspended'],
    ['lost', 'ended'],
  ])('serves nobody in a hold whose latest payment has a dispute that is %s', (status, state) => {
    const renewed = told('subscription', 'sub_1', {
      latestInvoice: 'in_2',
      items: [item({ periodStart: FEBRUARY, periodEnd: MARCH })],
    })
    const renewal = told('invoice', 'in_2', {
      created: FEBRUARY,
      billingReason: 'subscription_cycle',
      charges: ['ch_1'],
      lines: [line({ periodStart: FEBRUARY, periodEnd: MARCH })],
    })
    const dispute = told('dispute', 'dp_1', { status })
    const now = FEBRUARY + 10 * DAY
    const hold = { cause: 'outage' as const, from: FEBRUARY - DAY, until: now + DAY }
    const facts = buildFacts([renewed, invoice, renewal, dispute])
    const { features } = decide({ facts, customer: 'ada', catalog: pro, now, hold })
    expect(features['reports']).toMatchObject({ allowed: false, state })
  })
})

describe('what Stripe does not know', () => {
  const unknown = (type: 'invoice' | 'subscription' | 'charge', id: string) =>
    told(type, id, null, { at: JANUARY + DAY, origin: 'read', eventType: 'read' })

  it("is not asked for again: the subscription's latest bill", () => {
    expect(adas([subscription]).needs).toMatchObject([{ type: 'invoice', object: 'in_1' }])
    expect(adas([subscription, unknown('invoice', 'in_1')]).needs).toEqual([])
  })

  it('is not asked for again: the bill of a changed plan', () => {
    const changed = told('subscription', 'sub_1', {
      latestInvoice: 'in_2',
      items: [item({ quantity: 5 })],
    })
    expect(adas([changed, invoice]).needs).toMatchObject([{ type: 'invoice', object: 'in_2' }])
    expect(adas([changed, invoice, unknown('invoice', 'in_2')]).needs).toEqual([])
  })
})

describe('two answers of Stripe in one second', () => {
  const at = JANUARY + DAY
  const read = (name: string, fields: Partial<SubscriptionState>, second = at) =>
    told('subscription', 'sub_1', fields, {
      at: second,
      origin: 'read',
      eventType: 'read',
      observation: `read_${name}`,
    })
  const paused = { status: 'paused' }

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('serve nobody on the bolder one, and are asked for again (%s, %s)', (one, other) => {
    const decision = adas([invoice, read(one, {}), read(other, paused)], { at })
    expect(decision.features['reports']).toMatchObject({ allowed: false, state: 'suspended' })
    expect(decision.needs).toMatchObject([{ type: 'subscription', object: 'sub_1' }])
  })

  it('are settled by one of a later second', () => {
    const decision = adas([invoice, read('a', {}), read('b', paused), read('c', {}, at + 1)], {
      at: at + 1,
    })
    expect(decision.features['reports']).toMatchObject({ allowed: true, state: 'active' })
    expect(decision.needs).toEqual([])
  })

  it('are asked for no more once Stripe knows no such subscription', () => {
    const absent = told('subscription', 'sub_1', null, { at: at + 1, observation: 'read_c' })
    const decision = adas([invoice, read('a', {}), read('b', paused), absent], { at: at + 1 })
    expect(decision.needs).toEqual([])
    // Seen later than that, it is there after all.
    const doubt = [read('d', {}, at + 2), read('e', paused, at + 2)]
    expect(adas([invoice, absent, ...doubt], { at: at + 2 }).needs).toHaveLength(1)
  })
})

describe('an object on a test clock', () => {
  const clock = (frozenTime: number, at: number) =>
    told('test_clock', 'clock_1', { frozenTime }, { at })
  const onClock: Partial<SubscriptionState> = { testClock: 'clock_1' }
  const simulated = [told('subscription', 'sub_1', onClock), invoice]
  const reports = (at: number, ...clocks: ReturnType<typeof clock>[]) =>
    access('reports', [...simulated, ...clocks], { at })

  it('is judged at the second its clock stands at, whatever ours says', () => {
    expect(reports(JANUARY + 2 * YEAR, clock(FEBRUARY - HOUR, JANUARY))).toMatchObject({
      allowed: true,
      state: 'active',
    })
    expect(reports(JANUARY + DAY, clock(FEBRUARY + 73 * HOUR, JANUARY))).toMatchObject({
      allowed: false,
      state: 'suspended',
    })
  })

  it('moves on with its clock', () => {
    const [before, after] = [
      clock(FEBRUARY - HOUR, JANUARY),
      clock(FEBRUARY + 73 * HOUR, JANUARY + 100),
    ]
    expect(reports(JANUARY + DAY, before, after)).toMatchObject({ allowed: false })
    expect(reports(JANUARY + DAY, after, before)).toMatchObject({ allowed: false })
  })

  it('is not woken and has no end by our clock', () => {
    const decision = adas([...simulated, clock(FEBRUARY - HOUR, JANUARY)], { at: JANUARY + DAY })
    expect(decision.wakeAt).toBeNull()
    expect(decision.features['reports']?.until).toBeNull()
  })

  it('is on it also where only its customer says so', () => {
    const customer = told('customer', 'cus_1', { testClock: 'clock_1' })
    const snapshots = [subscription, invoice, customer, clock(FEBRUARY - HOUR, JANUARY)]
    expect(access('reports', snapshots, { at: JANUARY + 2 * YEAR })).toMatchObject({
      allowed: true,
    })
  })

  it('is judged by our clock while its own was never heard of', () => {
    expect(reports(JANUARY + DAY)).toMatchObject({ allowed: true })
    expect(reports(JANUARY + YEAR)).toMatchObject({ allowed: false })
  })

  it('leaves objects on no clock alone', () => {
    const other = [
      told('subscription', 'sub_2', {
        customer: 'cus_2',
        items: [item({ id: 'si_2', price: 'price_calls' })],
        latestInvoice: 'in_2',
      }),
      told('invoice', 'in_2', {
        customer: 'cus_2',
        subscription: 'sub_2',
        lines: [line({ subscription: 'sub_2', subscriptionItem: 'si_2', price: 'price_calls' })],
      }),
    ]
    const frozen = clock(FEBRUARY - HOUR, JANUARY)
    const { features } = adas([...simulated, ...other, frozen], { at: JANUARY + YEAR })
    expect(features).toMatchObject({ reports: { allowed: true }, calls: { allowed: false } })
  })
})

describe('a status no rule knows (law 5)', () => {
  const novel = (at: number) => told('subscription', 'sub_1', { status: 'frozen' }, { at })

  it('leaves the last verdict as it was and raises an alert', () => {
    const before = adas([subscription, invoice])
    const after = adas([subscription, invoice, novel(JANUARY + HOUR)])
    expect(after.features).toEqual(before.features)
    expect(after.alerts).toMatchObject([{ code: 'unknown_status', objects: ['sub_1'] }])
    expect(after.alerts[0]?.message).toContain('frozen')
  })

  it('of an invoice or payment is left aside as well', () => {
    const odd = [
      told('invoice', 'in_1', { status: 'melted' }, { at: JANUARY + HOUR }),
      told('payment_intent', 'pi_1', { status: 'melted', customer: 'cus_1' }),
    ]
    expect(adas([subscription, invoice, ...odd]).features).toEqual(
      adas([subscription, invoice]).features,
    )
  })

  it('that is all there is of an object grants nothing, and says so', () => {
    const named = told('customer', 'cus_1', { metadata: { customer_id: 'ada' } })
    const decision = adas([named, novel(JANUARY), invoice])
    expect(decision.alerts).toMatchObject([{ code: 'unknown_status', objects: ['sub_1'] }])
    expect(decision.grants.filter(({ source }) => source.startsWith('sub_1/si_1'))).toEqual([])
  })
})

describe('a saved payment method (R05)', () => {
  it('lets the customer be charged later, and grants nothing', () => {
    const setup = [
      told('checkout_session', 'cs_1', { mode: 'setup', customer: 'cus_1', paymentStatus: null }),
      told('setup_intent', 'seti_1'),
      told('customer', 'cus_1', { metadata: { customer_id: 'ada' } }),
    ]
    const decision = adas(setup)
    expect(decision.paymentMethodOnFile).toBe(true)
    expect(decision.grants).toEqual([])
    const failed = told('setup_intent', 'seti_1', { status: 'requires_payment_method' })
    const named = told('customer', 'cus_1', { metadata: { customer_id: 'ada' } })
    expect(adas([failed, named]).paymentMethodOnFile).toBe(false)
  })
})

describe('a customer deleted at Stripe (R23)', () => {
  it('loses subscriptions and keeps what was bought for good', () => {
    const lifetime = told('checkout_session', 'cs_1', {
      customer: 'cus_1',
      metadata: { proviso_product: 'lifetime', customer_id: 'ada' },
    })
    const deleted = told('customer', 'cus_1', { deleted: true })
    const { features } = adas([subscription, invoice, lifetime, deleted])
    expect(features['seats']).toMatchObject({ allowed: false, state: 'ended' })
    expect(features['reports']).toMatchObject({ allowed: true, state: 'active', until: null })
  })
})

describe('a price no product matches (R24)', () => {
  it('grants nothing and is an alert that says what to do', () => {
    const mystery = told('subscription', 'sub_1', { items: [item({ price: 'price_mystery' })] })
    const decision = adas([mystery, invoice])
    expect(decision.grants).toEqual([])
    expect(decision.alerts).toEqual([
      {
        code: 'unmatched_price',
        message: expect.stringContaining('Add it to a product\'s "match"') as string,
        objects: ['sub_1', 'price_mystery'],
      },
    ])
  })
})

describe('names a program already knows', () => {
  it.each(['constructor', 'toString', 'hasOwnProperty'])(
    'are customers like others: %s',
    (name) => {
      const named = told('subscription', 'sub_1', { metadata: { customer_id: name } })
      expect(decisions([named, invoice])[name]?.features['reports']?.allowed).toBe(true)
    },
  )
})
