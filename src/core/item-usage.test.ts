import { describe, expect, it } from 'vitest'
import { itemOf, METERED } from '../../test/support/allowances.ts'
import { DAY, FEBRUARY, HOUR, JANUARY, MARCH, told } from '../../test/support/told.ts'
import type { SubscriptionItemState, SubscriptionState } from './fact.ts'
import { buildFacts } from './facts.ts'
import type { Coverage, ItemLine } from './item-line.ts'
import { itemUsage } from './item-usage.ts'
import { join } from './joins.ts'
import { matchProduct } from './match.ts'

const DECEMBER = Date.UTC(2025, 11, 15, 10) / 1000
const now = JANUARY + DAY

const line = (price: string, fields: Partial<ItemLine> & { quantity?: number } = {}): ItemLine => ({
  ...{ from: JANUARY, to: FEBRUARY, isProration: false, amount: 2000, invoice: 'in_1' },
  ...{ billingReason: null, created: JANUARY, standing: 'paid', evidence: [] },
  ...fields,
  bought: { price, product: null, lookupKey: null, quantity: fields.quantity ?? 1 },
})
const change = (price: string, fields: Partial<ItemLine> & { quantity?: number } = {}) =>
  line(price, { isProration: true, from: now, created: now, ...fields })

interface Known {
  item?: Partial<SubscriptionItemState>
  subscription?: Partial<SubscriptionState>
  trial?: 'grant' | 'deny'
}

function usageOf(
  { paid = [], reversed = [] }: { paid?: ItemLine[]; reversed?: ItemLine[] } = {},
  known: Known = {},
) {
  const item = itemOf('price_small', known.item)
  const facts = buildFacts([
    told('subscription', 'sub_1', { items: [item], ...known.subscription }),
  ])
  const subscription = facts.subscriptions.get('sub_1')
  const product = METERED.products.get('small')
  if (subscription === undefined || product === undefined) throw new Error('nothing is known')
  const policy = { ...METERED.policy, trial: known.trial ?? 'grant' }
  const coverage: Coverage = {
    ...{ paid, reversed, unpaid: [], hollow: [], until: null, needs: [], billed: [], credits: [] },
  }
  const context = { facts, joins: join(facts), subscription, item, policy }
  const match = (bought: ItemLine['bought']) => matchProduct(METERED, bought)
  return itemUsage({ context, coverage, product, quantity: 9, match })
}

const boughtOf = (...known: Parameters<typeof usageOf>) =>
  usageOf(...known).bought.map(({ from, product, quantity, isTaken }) => [
    from,
    product.id,
    quantity,
    isTaken,
  ])

describe('the billing period of an item', () => {
  it('is its own, of the subscription, since that began', () => {
    expect(usageOf()).toEqual({
      ...{ group: 'sub_1', periodStart: JANUARY, periodEnd: FEBRUARY, interval: 'month' },
      ...{ intervalCount: 1, anchor: JANUARY, givenAt: JANUARY, endsAt: null, bought: [] },
    })
  })

  it('is given since the subscription began, was made, or else since the period began', () => {
    const given = (startDate: number | null, created: number | null) =>
      usageOf({}, { subscription: { startDate, created } }).givenAt
    expect([given(DECEMBER, now), given(null, now), given(null, null)]).toEqual([
      DECEMBER,
      now,
      JANUARY,
    ])
  })

  it('is counted from the first second that its end agrees with', () => {
    const odd = JANUARY - 40 * DAY
    const anchor = (fields: Partial<SubscriptionState>, item: Known['item'] = {}) =>
      usageOf({}, { item, subscription: { startDate: odd, created: odd, ...fields } }).anchor
    expect(anchor({ startDate: DECEMBER })).toBe(DECEMBER)
    expect(anchor({ created: DECEMBER })).toBe(DECEMBER)
    expect(anchor({ trialEnd: DECEMBER })).toBe(DECEMBER)
    expect(anchor({})).toBe(JANUARY)
    expect(anchor({}, { periodStart: now })).toBe(FEBRUARY)
    expect(anchor({ startDate: DECEMBER, trialEnd: FEBRUARY })).toBe(FEBRUARY)
    expect(anchor({ startDate: DECEMBER }, { periodEnd: null })).toBeNull()
    expect(anchor({ startDate: DECEMBER }, { interval: null })).toBeNull()
  })

  it('is the whole of it where the item came within, and no more than the subscription’s own', () => {
    const begins = (periodStart: number, startDate: number, interval: string | null = 'month') =>
      usageOf(
        {},
        { item: { periodStart, interval }, subscription: { startDate, created: startDate } },
      ).periodStart
    expect(begins(now, JANUARY)).toBe(JANUARY)
    expect(begins(now, DECEMBER)).toBe(JANUARY)
    expect(begins(now, JANUARY + HOUR)).toBe(now)
    expect(begins(JANUARY - 5 * DAY, DECEMBER)).toBe(JANUARY - 5 * DAY)
    expect(begins(now, JANUARY, null)).toBe(now)
    expect(usageOf({}, { item: { periodStart: null } }).periodStart).toBeNull()
    expect(usageOf({}, { item: { periodEnd: null, periodStart: now } }).periodStart).toBe(now)
  })
})

describe('what the money of a period bought', () => {
  it('is listed for each period that a product was paid for, and a trial that is granted', () => {
    const paid = [
      line('price_small', { from: FEBRUARY, to: MARCH }),
      line('price_unknown', { from: FEBRUARY + DAY, to: MARCH }),
      line('price_large', { quantity: 2 }),
    ]
    const trial = { trialStart: DECEMBER, trialEnd: JANUARY }
    expect(boughtOf({ paid }, { subscription: trial })).toEqual([
      [DECEMBER, 'small', 9, false],
      [JANUARY, 'large', 2, false],
      [FEBRUARY, 'small', 1, false],
    ])
    expect(boughtOf({ paid }, { subscription: trial, trial: 'deny' })).toHaveLength(2)
    expect(boughtOf({ paid }, { subscription: { trialStart: DECEMBER } })).toHaveLength(2)
    expect(boughtOf({ paid }, { subscription: { trialEnd: JANUARY } })).toHaveLength(2)
  })

  it('is what the latest change within it came to give, though that is less', () => {
    const more = change('price_large', { quantity: 5 })
    const less = change('price_large', { quantity: 2, from: now + HOUR, created: now + HOUR })
    const base = line('price_large', { quantity: 3 })
    for (const paid of [
      [base, more, less],
      [less, more, base],
    ]) {
      expect(boughtOf({ paid })).toEqual([[JANUARY, 'large', 2, false]])
    }
  })

  it('is the most of what was billed at one second, and what lasts longest before that', () => {
    const paid = [change('price_large', { quantity: 2 }), change('price_large', { quantity: 5 })]
    expect(boughtOf({ paid })).toEqual([[JANUARY, 'large', 5, false]])
    const longer = line('price_large', { quantity: 1, to: MARCH })
    const later = line('price_large', { quantity: 7, created: now })
    expect(boughtOf({ paid: [later, longer] })).toEqual([[JANUARY, 'large', 1, false]])
  })

  it('is of the whole period where a change is billed, else of what is billed', () => {
    const subscription = { startDate: null, created: null }
    const unknown = { item: { periodStart: null }, subscription }
    const from = (one: ItemLine) => boughtOf({ paid: [one] }, unknown)[0]?.[0]
    expect(from(change('price_large'))).toBe(JANUARY)
    expect(from(line('price_large', { from: now }))).toBe(now)
  })
})

describe('what the money of a period bought is taken', () => {
  const base = line('price_small')
  const up = change('price_large')

  it('where the money for the period is, whatever was paid on top of it', () => {
    expect(boughtOf({ reversed: [base], paid: [up] })).toEqual([[JANUARY, 'large', 1, true]])
    expect(boughtOf({ reversed: [base, up] })).toEqual([[JANUARY, 'large', 1, true]])
  })

  it('only down to what still stands, where the money for a change is', () => {
    expect(boughtOf({ paid: [base], reversed: [up] })).toEqual([[JANUARY, 'small', 1, false]])
  })

  it('not while one of the changes that alone were billed still stands', () => {
    expect(boughtOf({ paid: [up] })).toEqual([[JANUARY, 'large', 1, false]])
    const other = change('price_small', { created: now + HOUR })
    expect(boughtOf({ paid: [up], reversed: [other] })).toEqual([[JANUARY, 'large', 1, false]])
    expect(boughtOf({ reversed: [up] })).toEqual([[JANUARY, 'large', 1, true]])
  })

  const isTaken = (endedAt: number, known: Known = {}, paid = [base]) =>
    boughtOf(
      { paid },
      { ...known, subscription: { status: 'canceled', endedAt, ...known.subscription } },
    ).map((bought) => bought[3])

  it('where the subscription ended in it, more than an hour before its end', () => {
    expect(isTaken(JANUARY - 1)).toEqual([false])
    expect(isTaken(JANUARY)).toEqual([true])
    expect(isTaken(FEBRUARY - HOUR - 1)).toEqual([true])
    expect(isTaken(FEBRUARY - HOUR)).toEqual([false])
  })

  it('by the end that the subscription says it has, for the period under way alone', () => {
    const sooner = { item: { periodEnd: FEBRUARY - 5 * DAY } }
    expect(isTaken(FEBRUARY - 5 * DAY, sooner)).toEqual([false])
    expect(isTaken(FEBRUARY - 5 * DAY)).toEqual([true])
    expect(isTaken(FEBRUARY, { item: { periodEnd: null } })).toEqual([false])
    const earlier = line('price_small', { from: DECEMBER, to: JANUARY })
    expect(isTaken(JANUARY - DAY, {}, [earlier, base])).toEqual([true, false])
    expect(isTaken(now, {}, [earlier, base])).toEqual([false, true])
  })

  it('where a trial was ended before it was over', () => {
    const trial = { subscription: { trialStart: DECEMBER, trialEnd: JANUARY } }
    expect(isTaken(JANUARY - DAY, trial, [])).toEqual([true])
    expect(isTaken(JANUARY, trial, [])).toEqual([false])
  })
})
