import { describe, expect, it } from 'vitest'
import { pro } from '../../test/support/catalogs.ts'
import { DAY, FEBRUARY, HOUR, item, JANUARY, MARCH, told } from '../../test/support/told.ts'
import type { InvoiceState, SubscriptionItemState, SubscriptionState } from './fact.ts'
import { buildFacts } from './facts.ts'
import type { Coverage, ItemContext, ItemLine } from './item-line.ts'
import { join } from './joins.ts'
import { coverMetered } from './metered-coverage.ts'

const APRIL = Date.UTC(2026, 3, 15, 10) / 1000

const line = (from: number, to: number, fields: Partial<ItemLine> = {}): ItemLine => ({
  ...{ from, to, bought: { price: 'price_usage', product: null, lookupKey: null, quantity: 1 } },
  ...{ isProration: false, amount: 500, invoice: 'in_2', billingReason: null, created: to },
  ...{ standing: 'paid', evidence: [] },
  ...fields,
})

const january = line(JANUARY, FEBRUARY)
const february = line(FEBRUARY, MARCH)

interface Known {
  item?: Partial<SubscriptionItemState>
  subscription?: Partial<SubscriptionState>
  latest?: Partial<InvoiceState>
}

function contextOf(known: Known): ItemContext {
  const metered = item({ id: 'si_u', price: 'price_usage', isMetered: true, ...known.item })
  const facts = buildFacts([
    told('subscription', 'sub_1', { items: [metered], ...known.subscription }),
    ...(known.latest === undefined
      ? []
      : [told('invoice', 'in_1', { lines: [], ...known.latest })]),
  ])
  const subscription = facts.subscriptions.get('sub_1')
  if (subscription === undefined) throw new Error('the subscription is not known')
  return { facts, joins: join(facts), subscription, item: metered, policy: pro.policy }
}

/** Until when usage is covered, by these lines. */
function until(lines: Partial<Coverage>, known: Known = {}): number | null {
  const coverage: Coverage = {
    ...{ paid: [], reversed: [], unpaid: [], hollow: [], needs: [], billed: [], credits: [] },
    until: null,
    ...lines,
  }
  coverMetered(coverage, contextOf(known))
  return coverage.until
}

const next = { item: { periodStart: FEBRUARY, periodEnd: MARCH } }

describe('a paid bill for usage', () => {
  it('covers the period after the one it is for', () => {
    expect(until({ paid: [january] }, next)).toBe(MARCH)
    expect(until({ paid: [january] })).toBe(MARCH)
  })

  it('covers its own period where it was made before that was over', () => {
    const made = (created: number) => until({ paid: [{ ...january, created }] }, next)
    expect(made(FEBRUARY - HOUR)).toBe(MARCH)
    expect(made(FEBRUARY - HOUR - 1)).toBe(FEBRUARY)
  })

  it('covers as far as the latest of them, in whatever order they come', () => {
    expect(until({ paid: [february, january] }, next)).toBe(APRIL)
    expect(until({ paid: [january, february] }, next)).toBe(APRIL)
  })

  it('covers up to the end of the item’s own period where that follows it, however long', () => {
    const stretched = { item: { periodStart: FEBRUARY, periodEnd: MARCH + 3 * DAY } }
    expect(until({ paid: [january] }, stretched)).toBe(MARCH + 3 * DAY)
    expect(until({ paid: [january] }, { item: { periodStart: FEBRUARY, periodEnd: null } })).toBe(
      MARCH,
    )
  })

  const anew = (periodStart: number, status = 'paid') =>
    until(
      { paid: [january] },
      { item: { periodStart, periodEnd: APRIL + DAY }, latest: { status } },
    )

  it('covers a period that began anew meanwhile, with nothing left to pay', () => {
    expect(anew(FEBRUARY + 5 * DAY)).toBe(APRIL + DAY)
    expect(anew(FEBRUARY + 5 * DAY, 'open')).toBe(MARCH)
    expect(anew(MARCH)).toBe(MARCH)
    expect(anew(JANUARY)).toBe(MARCH)
  })

  it('covers a month as Stripe counts it from the first second that agrees with its end', () => {
    const end = Date.UTC(2026, 1, 28, 9) / 1000
    const paid = [line(end - 28 * DAY, end)]
    const longAgo = Date.UTC(2025, 9, 31, 9) / 1000
    const elsewhere = { ...{ startDate: JANUARY, created: JANUARY }, trialEnd: null }
    const march = Date.UTC(2026, 2, 31, 9) / 1000
    for (const start of ['startDate', 'created', 'trialEnd'] as const) {
      expect(until({ paid }, { subscription: { ...elsewhere, [start]: longAgo } })).toBe(march)
    }
    expect(until({ paid }, { subscription: elsewhere })).toBe(Date.UTC(2026, 2, 28, 9) / 1000)
  })

  it('covers as long again where nobody knows the interval', () => {
    const paid = [line(FEBRUARY - 10 * DAY, FEBRUARY)]
    expect(until({ paid }, { item: { interval: null } })).toBe(FEBRUARY + 10 * DAY)
  })
})

describe('a bill under way that asks nothing', () => {
  const free = line(FEBRUARY, MARCH, { amount: 0, standing: 'open' })
  const nothingDue = { subscription: { latestInvoice: null } }

  it('tells that nothing was due before it, of what was covered before', () => {
    expect(until({ unpaid: [free] }, nothingDue)).toBe(MARCH)
    expect(until({ unpaid: [{ ...free, to: JANUARY }] }, nothingDue)).toBe(FEBRUARY)
  })

  it('tells nothing where nothing was covered, nor before its period is over', () => {
    expect(until({ unpaid: [free] })).toBeNull()
    const early = { ...free, created: FEBRUARY }
    expect(until({ unpaid: [early] }, nothingDue)).toBe(FEBRUARY)
  })

  it('is no debt', () => {
    expect(until({ paid: [january], unpaid: [{ ...free, to: FEBRUARY + DAY }] }, next)).toBe(MARCH)
  })
})

describe('usage that is not paid for', () => {
  const owed = (from: number, to: number) => line(from, to, { standing: 'open' })

  it('is a debt from the end of its period on, the first of them', () => {
    const unpaid = [owed(MARCH, APRIL), owed(FEBRUARY, MARCH)]
    expect(until({ paid: [january], unpaid })).toBe(MARCH)
    expect(
      until({ paid: [line(JANUARY, FEBRUARY - DAY)], unpaid: [owed(JANUARY, FEBRUARY)] }),
    ).toBe(FEBRUARY)
  })

  it('is no debt any more once a later period is paid, or the same', () => {
    expect(until({ paid: [february], unpaid: [owed(JANUARY, FEBRUARY)] })).toBe(APRIL)
    expect(until({ paid: [january], unpaid: [owed(JANUARY, FEBRUARY)] })).toBe(MARCH)
    expect(until({ paid: [january], unpaid: [owed(JANUARY, FEBRUARY + 1)] })).toBe(FEBRUARY + 1)
  })

  it('is covered up to its end in the first period, though nothing was ever paid', () => {
    const first = (from: number, known: Known = {}) =>
      until({ unpaid: [owed(from, FEBRUARY)] }, known)
    expect(first(JANUARY)).toBe(FEBRUARY)
    expect(first(JANUARY + DAY)).toBe(FEBRUARY)
    expect(first(JANUARY + DAY + 1)).toBeNull()
    const created = { startDate: null, created: JANUARY }
    expect(first(JANUARY, { subscription: created })).toBe(FEBRUARY)
    expect(first(JANUARY, { subscription: { startDate: null, created: null } })).toBeNull()
    const backdated = { startDate: JANUARY - 30 * DAY, created: JANUARY }
    expect(first(JANUARY, { subscription: backdated })).toBeNull()
  })

  it('is covered only up to the first debt, where that is of the first period', () => {
    const unpaid = [owed(JANUARY, APRIL), owed(FEBRUARY, MARCH)]
    expect(until({ unpaid })).toBeNull()
    const both = [owed(FEBRUARY, MARCH), owed(JANUARY, FEBRUARY)]
    expect(until({ unpaid: both })).toBe(FEBRUARY)
  })
})

describe('a subscription whose only bill is for something else', () => {
  const paid = { latest: { status: 'paid' } }

  it('owes nothing for usage before the period ends', () => {
    expect(until({}, paid)).toBe(FEBRUARY)
    expect(until({}, { ...paid, item: { periodEnd: null } })).toBeNull()
  })

  it('may owe where that is not paid, not known, or where a plan is to be paid as well', () => {
    expect(until({}, { latest: { status: 'open' } })).toBeNull()
    expect(until({})).toBeNull()
    const items = [item(), item({ id: 'si_u', price: 'price_usage', isMetered: true })]
    expect(until({}, { ...paid, subscription: { items } })).toBeNull()
  })

  it('may owe where usage was billed, and its money taken back or not yet come in', () => {
    expect(until({ reversed: [january] }, paid)).toBeNull()
    const later = line(FEBRUARY, MARCH, { standing: 'open' })
    expect(until({ unpaid: [later] }, paid)).toBeNull()
  })
})
