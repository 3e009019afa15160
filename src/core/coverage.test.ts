import { describe, expect, it } from 'vitest'
import {
  access,
  adas,
  DAY,
  FEBRUARY,
  HOUR,
  item,
  JANUARY,
  line,
  MARCH,
  told,
} from '../../test/support/told.ts'
import type { AnySnapshot, InvoiceLineState, InvoiceState, SubscriptionState } from './fact.ts'

describe('a line', () => {
  const subscription = told('subscription', 'sub_1')
  const paidUntil = (fields: Partial<InvoiceState>) => {
    const { reasons } = access('reports', [subscription, told('invoice', 'in_1', fields)])
    return reasons[0]?.message
  }

  it('covers to the end of its own period, whatever the invoice or item says', () => {
    const lines = [line({ periodEnd: MARCH })]
    expect(paidUntil({ lines })).toBe('Paid through 2026-03-15 10:00 UTC.')
  })

  it('that credits something covers nothing', () => {
    const credit = line({ id: 'il_2', isProration: true, amount: -2000, periodEnd: MARCH })
    expect(paidUntil({ lines: [line(), credit] })).toBe('Paid through 2026-02-15 10:00 UTC.')
  })

  it('prorated and paid covers its own period', () => {
    const more = line({
      id: 'il_2',
      isProration: true,
      isSubscriptionLine: false,
      periodEnd: MARCH,
    })
    expect(paidUntil({ lines: [line(), more] })).toBe('Paid through 2026-03-15 10:00 UTC.')
  })

  it('prorated for another item covers that one alone', () => {
    const two = told('subscription', 'sub_1', {
      latestInvoice: 'in_9',
      items: [item({ quantity: 1 }), item({ id: 'si_2', quantity: 4 })],
    })
    const added = line({ subscriptionItem: 'si_2', quantity: 4, isProration: true })
    const { features } = adas([two, told('invoice', 'in_1', { lines: [added] })])
    expect(features['seats']).toMatchObject({ allowed: true, value: 4 })
  })

  it('of an older payload, which names no item, covers the item of its price', () => {
    // Its latest bill is not seen, so nothing is left for a next one.
    const two = told('subscription', 'sub_1', {
      latestInvoice: 'in_9',
      items: [item(), item({ id: 'si_2', price: 'price_exports', product: 'prod_exports' })],
    })
    const old = (price: string, fields: Partial<InvoiceLineState> = {}) =>
      told('invoice', 'in_1', { lines: [line({ price, subscriptionItem: null, ...fields })] })
    const served = (...snapshots: AnySnapshot[]) => {
      const { features } = adas(snapshots)
      return [features['reports']?.allowed, features['exports']?.allowed]
    }
    expect(served(two, old('price_pro'))).toEqual([true, false])
    expect(served(two, old('price_exports'))).toEqual([false, true])
    // With one item there is none else it could be of, whatever its price was then.
    expect(served(subscription, old('price_before'))[0]).toBe(true)
    expect(served(subscription, old('price_pro', { subscription: null }))[0]).toBe(true)
  })

  it('of an item that is gone covers the one put in its place, and not one that was there', () => {
    const gone = told('invoice', 'in_1', { lines: [line({ subscriptionItem: 'si_0' })] })
    const put = (created: number | null) =>
      told('subscription', 'sub_1', { items: [item({ created })] })
    const at = JANUARY + 2 * DAY
    expect(access('reports', [put(JANUARY + DAY), gone], { at }).allowed).toBe(true)
    expect(access('reports', [put(JANUARY), gone], { at }).allowed).toBe(false)
    expect(access('reports', [put(null), gone], { at }).allowed).toBe(false)
  })

  it('of $0 in a trial is no money, also where the trial was cut short', () => {
    const plan = (fields: Partial<SubscriptionState>) =>
      told('subscription', 'sub_1', {
        // A trial of a price nobody knows the amount of.
        items: [item({ price: 'price_pro', unitAmount: null })],
        ...fields,
      })
    const free = told('invoice', 'in_1', {
      amountPaid: 0,
      lines: [line({ amount: 0, periodStart: JANUARY, periodEnd: FEBRUARY })],
    })
    const at = FEBRUARY - HOUR
    const allowed = (fields: Partial<SubscriptionState>) =>
      access('reports', [plan(fields), free], { at }).reasons[0]?.code
    expect(allowed({ trialStart: null, trialEnd: null })).toBe('paid')
    expect(allowed({ trialStart: JANUARY, trialEnd: FEBRUARY })).not.toBe('paid')
    expect(allowed({ trialStart: JANUARY, trialEnd: JANUARY + DAY })).not.toBe('paid')
    expect(allowed({ trialStart: JANUARY - 9 * DAY, trialEnd: JANUARY - DAY })).toBe('paid')
  })

  it('that was credited back later covers no more than the time until then', () => {
    const later = (fields: Partial<InvoiceLineState>, more: Partial<InvoiceState> = {}) =>
      told('invoice', 'in_2', {
        created: JANUARY + 5 * DAY,
        lines: [
          line({
            id: 'il_2',
            isProration: true,
            amount: -1500,
            periodStart: JANUARY + 5 * DAY,
            ...fields,
          }),
        ],
        ...more,
      })
    const until = (credit: AnySnapshot, ...bills: AnySnapshot[]) => {
      const { reasons } = access('reports', [
        subscription,
        told('invoice', 'in_1'),
        credit,
        ...bills,
      ])
      return reasons[0]?.message
    }
    expect(until(later({}))).toContain('2026-01-20')
    // A price that was put in its place without a bill is credited by what was billed.
    expect(until(later({ price: 'price_other' }))).toContain('2026-01-20')
    const other = told('invoice', 'in_0', {
      status: 'open',
      lines: [line({ id: 'il_0', price: 'price_other' })],
    })
    expect(until(later({ price: 'price_other' }), other)).toContain('2026-02-15')
    expect(until(later({ periodEnd: MARCH }))).toContain('2026-02-15')
    expect(until(later({}, { status: 'open' }))).toContain('2026-02-15')
    expect(until(later({}, { created: JANUARY - DAY }))).toContain('2026-02-15')
  })

  it('that the credit’s own bill charges and undoes leaves another bill’s line alone', () => {
    const at = JANUARY + 5 * DAY
    const undone = (charge: number) =>
      told('invoice', 'in_2', {
        created: at,
        lines: [
          line({ id: 'il_2', isProration: true, amount: charge, periodStart: at }),
          line({ id: 'il_3', isProration: true, amount: -1500, periodStart: at }),
        ],
      })
    const standsOn = (bill: AnySnapshot) => {
      const { reasons } = access('reports', [subscription, told('invoice', 'in_1'), bill])
      return reasons[0]?.objects
    }
    expect(standsOn(undone(1500))).toEqual(['in_1', 'sub_1'])
    expect(standsOn(undone(1000))).toEqual(['in_2', 'sub_1'])
  })

  it('whose quantity nobody paid is credited without loss to what was paid', () => {
    const at = JANUARY + 5 * DAY
    const raise = (status: string) =>
      told('invoice', 'in_2', {
        status,
        created: at,
        attempted: false,
        billingReason: 'subscription_update',
        lines: [line({ id: 'il_2', isProration: true, quantity: 5, periodStart: at })],
      })
    const credit = (quantity: number) =>
      told('invoice', 'in_3', {
        created: at + DAY,
        billingReason: 'subscription_update',
        lines: [
          line({ id: 'il_3', isProration: true, quantity, amount: -1500, periodStart: at + DAY }),
        ],
      })
    const later = { at: at + 2 * DAY }
    const allowed = (...bills: AnySnapshot[]) =>
      access('reports', [subscription, told('invoice', 'in_1'), ...bills], later).reasons[0]
        ?.message
    expect(allowed(raise('open'), credit(5))).toContain('2026-02-15')
    expect(allowed(raise('open'), credit(1))).toContain('2026-01-21')
    expect(allowed(credit(5))).toContain('2026-01-21')
  })

  it('of another item or subscription covers nothing', () => {
    const others = [
      line({ subscriptionItem: 'si_9' }),
      line({ subscriptionItem: null, subscription: 'sub_9' }),
    ]
    expect(
      access('reports', [subscription, told('invoice', 'in_1', { lines: others })]),
    ).toMatchObject({ allowed: false })
  })

  it('of $0 covers a plan that is free, and none that is not', () => {
    const nothing = told('invoice', 'in_1', { amountPaid: 0, lines: [line({ amount: 0 })] })
    const free = told('subscription', 'sub_1', { items: [item({ unitAmount: 0 })] })
    expect(access('reports', [free, nothing])).toMatchObject({ allowed: true, state: 'active' })
    expect(access('reports', [subscription, nothing])).toMatchObject({ allowed: false })
  })

  it('that may stand beyond those an event carries is asked for', () => {
    const cut = told('invoice', 'in_1', {
      lines: [line({ subscriptionItem: 'si_9' })],
      hasMoreLines: true,
    })
    expect(adas([subscription, cut]).needs).toContainEqual({
      type: 'invoice',
      object: 'in_1',
      reason: 'has more lines than the event carried',
    })
  })
})
