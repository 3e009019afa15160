import { describe, expect, it } from 'vitest'
import { access, adas, DAY, HOUR, item, JANUARY, line, told } from '../../test/support/told.ts'
import type { InvoiceLineState, InvoiceState, SubscriptionItemState } from './fact.ts'

const CHANGED = JANUARY + 5 * DAY
const bill = (id: string, lines: InvoiceLineState[], fields: Partial<InvoiceState> = {}) =>
  told('invoice', id, { lines, ...fields })
const holding = (fields: Partial<SubscriptionItemState> = {}, latestInvoice = 'in_1') =>
  told('subscription', 'sub_1', { items: [item(fields)], latestInvoice })
const reports = (...snapshots: Parameters<typeof adas>[0]) =>
  access('reports', snapshots, { at: JANUARY + 10 * DAY })

describe('a change to what costs nothing', () => {
  const exporting = { price: 'price_exports', product: 'prod_exports' }
  const spent = line({ id: 'il_2', isProration: true, amount: -1500, periodStart: CHANGED })
  const exports = (
    rest: Partial<InvoiceLineState>,
    now: Partial<SubscriptionItemState> = { unitAmount: 0 },
  ) => {
    const change = bill(
      'in_2',
      [spent, line({ id: 'il_3', ...exporting, isProration: true, periodStart: CHANGED, ...rest })],
      { created: CHANGED, amountPaid: 0, billingReason: 'subscription_update' },
    )
    const heard = [holding({ ...exporting, ...now }, 'in_2'), bill('in_1', [line()]), change]
    return access('exports', heard, { at: JANUARY + 10 * DAY }).reasons[0]?.message
  }

  it('is paid to the end of the period by its line of nothing', () => {
    expect(exports({ amount: 0 })).toContain('Paid through 2026-02-15')
    expect(exports({ amount: 0, quantity: 0 }, { unitAmount: 500 })).toContain('2026-02-15')
  })

  it('is not, where that line is of another price, or the price costs something', () => {
    const until = 'Paid through 2026-01-20'
    expect(exports({ amount: 0, price: 'price_other' })).toContain(until)
    expect(exports({ amount: 0 }, { unitAmount: 500 })).toContain(until)
  })

  it('is by what is asked for it, whatever it costs by itself', () => {
    expect(exports({ amount: 1 }, { unitAmount: 500 })).toContain('Paid through 2026-02-15')
    expect(exports({ amount: 1, price: 'price_other' })).toContain('Paid through 2026-02-15')
  })
})

describe('lines of payloads that name no item', () => {
  const unnamed = { subscriptionItem: null }

  it('are for the only item of their subscription, whatever its price was', () => {
    const old = line({ ...unnamed, price: 'price_old' })
    expect(reports(holding(), bill('in_1', [old])).allowed).toBe(true)
  })

  it('are for the item of their price where there are several', () => {
    const both = told('subscription', 'sub_1', {
      items: [item(), item({ id: 'si_2', price: 'price_exports', product: 'prod_exports' })],
    })
    const found = (price: string) =>
      adas([both, bill('in_1', [line({ ...unnamed, price })])], { at: JANUARY + 10 * DAY }).features
    expect(found('price_pro')['reports']).toMatchObject({ reasons: [{ code: 'paid' }] })
    expect(found('price_exports')['exports']).toMatchObject({ reasons: [{ code: 'paid' }] })
  })

  it('count as changes too, and not where they are of no subscription', () => {
    const loose = { ...unnamed, isSubscriptionLine: false }
    expect(reports(holding(), bill('in_1', [line({ ...loose, isProration: true })])).allowed).toBe(
      true,
    )
    expect(reports(holding(), bill('in_1', [line(loose)])).allowed).toBe(false)
    const others = line({ ...unnamed, subscription: 'sub_9' })
    expect(reports(holding(), bill('in_1', [others])).allowed).toBe(false)
    expect(
      reports(holding(), bill('in_1', [line({ ...unnamed, subscription: null })])).allowed,
    ).toBe(true)
  })
})

describe('an item in the place of one that is gone', () => {
  const gone = (fields: Partial<InvoiceLineState> = {}) =>
    bill('in_1', [line({ subscriptionItem: 'si_9', ...fields })])

  it('stands on what was paid for that one before', () => {
    expect(reports(holding({ created: CHANGED }), gone()).allowed).toBe(true)
  })

  it('does not where it was there already, or nobody knows since when it is', () => {
    expect(reports(holding({ created: JANUARY }), gone()).allowed).toBe(false)
    expect(reports(holding({ created: null }), gone()).allowed).toBe(false)
  })

  it('does not on usage, nor usage on a plan', () => {
    expect(reports(holding({ created: CHANGED }), gone({ isMetered: true })).allowed).toBe(false)
    const metered = holding({ created: CHANGED, isMetered: true, price: 'price_usage' })
    const until = access('calls', [metered, gone()], { at: JANUARY + 10 * DAY }).reasons[0]
    expect(until?.code).not.toBe('paid')
  })

  it('does not on one that is still beside it', () => {
    const both = told('subscription', 'sub_1', {
      items: [item({ created: CHANGED }), item({ id: 'si_9', price: 'price_other' })],
      latestInvoice: 'in_9',
    })
    expect(reports(both, gone({ price: 'price_other' })).allowed).toBe(false)
  })
})

describe('a line of nothing', () => {
  const trial = (fields: Partial<InvoiceLineState>, now: Partial<SubscriptionItemState>) => {
    const subscription = told('subscription', 'sub_1', {
      items: [item(now)],
      trialStart: JANUARY,
      trialEnd: JANUARY + 7 * DAY,
    })
    return reports(subscription, bill('in_1', [line({ amount: 0, ...fields })])).reasons[0]?.message
  }
  const changed = { price: 'price_before' }

  it('is a trial’s where it ends with it, or begins as it did', () => {
    expect(trial({ ...changed, periodEnd: JANUARY + 7 * DAY }, {})).toContain('The trial ended')
    expect(trial({ ...changed, periodStart: JANUARY + DAY }, {})).toContain('The trial ended')
  })

  it('is money for free where it begins later and lasts longer', () => {
    expect(trial({ ...changed, periodStart: JANUARY + DAY + 1 }, {})).toContain('Paid through')
  })

  it('is money for free where the price costs nothing, or none were bought', () => {
    expect(trial({}, { unitAmount: 0 })).toContain('Paid through 2026-02-15')
    expect(trial({ quantity: 0, periodStart: JANUARY + 2 * DAY }, {})).toContain('Paid through')
    expect(trial({}, {})).toContain('The trial ended')
  })
})

describe('more lines than an event carried', () => {
  it('are asked for only where the item’s own is not among those seen', () => {
    const cut = { hasMoreLines: true }
    const wanted = {
      type: 'invoice',
      object: 'in_1',
      reason: 'has more lines than the event carried',
    }
    const needs = (lines: InvoiceLineState[]) =>
      adas([holding(), bill('in_1', lines, cut)], { at: JANUARY + HOUR }).needs
    expect(needs([line()])).toEqual([])
    expect(needs([])).toContainEqual(wanted)
    expect(needs([line({ isProration: true })])).toContainEqual(wanted)
  })
})
