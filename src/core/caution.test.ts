import { describe, expect, it } from 'vitest'
import { FEBRUARY, item, JANUARY, MARCH, told } from '../../test/support/told.ts'
import { compareCaution } from './caution.ts'
import type { FactStates, FactType } from './fact.ts'

function state<T extends FactType>(type: T, fields: Partial<FactStates[T]>): FactStates[T] {
  return told(type, 'x', fields).after as FactStates[T]
}

/** Of two states of one second, the one that counts; `known` is what held for certain before. */
function counts<T extends FactType>(
  type: T,
  a: Partial<FactStates[T]>,
  b: Partial<FactStates[T]>,
  known: Partial<FactStates[T]> | null = null,
): 'first' | 'second' | 'either' {
  const before = known === null ? null : state(type, known)
  const order = compareCaution(type, state(type, a), state(type, b), before)
  const turned = compareCaution(type, state(type, b), state(type, a), before)
  // Whichever is asked about first.
  expect(Math.sign(turned) + Math.sign(order)).toBe(0)
  return order < 0 ? 'first' : order > 0 ? 'second' : 'either'
}

describe('of two states of a subscription that may both be the latest, without anything known', () => {
  it.each([
    ['paused', 'unpaid'],
    ['unpaid', 'incomplete'],
    ['incomplete', 'past_due'],
    ['past_due', 'active'],
    ['active', 'trialing'],
  ])('%s counts rather than %s', (less, more) => {
    expect(counts('subscription', { status: less }, { status: more })).toBe('first')
  })

  it('the one that is canceled earlier counts, scheduled in either form', () => {
    const soon = { cancelAt: FEBRUARY }
    const late = { cancelAt: MARCH }
    const atEnd = { cancelAtPeriodEnd: true, items: [item({ periodEnd: FEBRUARY })] }
    expect(counts('subscription', soon, late)).toBe('first')
    expect(counts('subscription', late, {})).toBe('first')
    expect(counts('subscription', atEnd, late)).toBe('first')
    expect(counts('subscription', atEnd, { ...atEnd, cancelAtPeriodEnd: false })).toBe('first')
    expect(counts('subscription', { ...atEnd, items: [item({ periodEnd: null })] }, late)).toBe(
      'second',
    )
  })

  it('the end at the period’s end is that of the longest period', () => {
    const two = [item({ periodEnd: FEBRUARY }), item({ id: 'si_2', periodEnd: MARCH })]
    expect(
      counts('subscription', { cancelAtPeriodEnd: true, items: two }, { cancelAt: FEBRUARY + 1 }),
    ).toBe('second')
  })

  it('the shorter trial counts, and none before any', () => {
    expect(counts('subscription', { trialEnd: FEBRUARY }, { trialEnd: MARCH })).toBe('first')
    expect(counts('subscription', { trialEnd: null }, { trialEnd: JANUARY })).toBe('first')
  })

  it('the one that still collects counts: what a pause forgives nobody paid', () => {
    const paused = { pauseCollection: { behavior: 'void', resumesAt: null } }
    expect(counts('subscription', {}, paused)).toBe('first')
  })

  it('fewer seats count, then the cheaper plan', () => {
    const seats = (quantity: number) => ({ items: [item({ quantity })] })
    const at = (unitAmount: number | null) => ({ items: [item({ quantity: 2, unitAmount })] })
    expect(counts('subscription', seats(1), seats(2))).toBe('first')
    expect(counts('subscription', at(1000), at(2000))).toBe('first')
    expect(counts('subscription', at(null), at(1))).toBe('first')
    expect(
      counts(
        'subscription',
        { items: [item(), item({ id: 'si_2' })] },
        { items: [item({ quantity: 3 })] },
      ),
    ).toBe('first')
  })

  it('the one that names a bill counts: without one a changed plan counts at once', () => {
    expect(counts('subscription', { latestInvoice: 'in_1' }, { latestInvoice: null })).toBe('first')
  })

  it('either counts where nothing that access hangs on differs', () => {
    expect(counts('subscription', { created: 1 }, { created: 2 })).toBe('either')
  })
})

describe('of two states of a subscription, what was certain before is kept as far as one allows', () => {
  it('as a whole', () => {
    const two = { items: [item({ quantity: 2 })] }
    const one = { items: [item({ quantity: 1 })] }
    expect(counts('subscription', two, one, two)).toBe('first')
    expect(counts('subscription', two, one, { ...two, latestInvoice: 'in_9' })).toBe('first')
  })

  it('else its status, also where that gives more', () => {
    const known = { status: 'active', cancelAt: FEBRUARY }
    expect(counts('subscription', { status: 'active' }, { status: 'past_due' }, known)).toBe(
      'first',
    )
  })

  it('and where neither keeps anything, the more cautious counts', () => {
    const known = { status: 'trialing' }
    expect(counts('subscription', { status: 'past_due' }, { status: 'active' }, known)).toBe(
      'first',
    )
  })
})

describe('of two states of another object', () => {
  it('the larger refund of a charge counts, unless the smaller was certain', () => {
    const whole = { amountRefunded: 2000 }
    const part = { amountRefunded: 500 }
    expect(counts('charge', whole, part)).toBe('first')
    expect(counts('charge', whole, part, part)).toBe('second')
  })

  it('a payment that is not under way counts, and one that failed before one that may be made', () => {
    const failed = { status: 'requires_payment_method', hasPaymentError: true }
    const open = { status: 'requires_payment_method', hasPaymentError: false }
    const underWay = { status: 'processing', hasPaymentError: false }
    expect(counts('payment_intent', failed, underWay)).toBe('first')
    expect(counts('payment_intent', open, underWay)).toBe('first')
    expect(counts('payment_intent', failed, open)).toBe('first')
    expect(counts('payment_intent', failed, underWay, underWay)).toBe('second')
  })

  it('fewer entitlements count, and a complete list before one that was cut', () => {
    const none = { lookupKeys: [], hasMore: false }
    const one = { lookupKeys: ['a'], hasMore: false }
    const more = { lookupKeys: ['a'], hasMore: true }
    expect(counts('entitlement_summary', none, one)).toBe('first')
    expect(counts('entitlement_summary', one, more)).toBe('first')
    expect(counts('entitlement_summary', none, one, one)).toBe('second')
  })

  it('the names a customer had for certain are kept', () => {
    const ada = { metadata: { customer_id: 'ada' } }
    const bob = { metadata: { customer_id: 'bob' } }
    expect(counts('customer', ada, bob, bob)).toBe('second')
    expect(counts('customer', ada, bob)).toBe('either')
  })

  it('either counts where the latest state decides nothing', () => {
    expect(counts('refund', { status: 'pending' }, { status: 'succeeded' })).toBe('either')
  })
})
