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
import type {
  AnySnapshot,
  InvoiceLineState,
  InvoiceState,
  SubscriptionItemState,
  SubscriptionState,
} from './fact.ts'

const usage = (fields: Partial<SubscriptionItemState> = {}) =>
  item({ id: 'si_u', price: 'price_usage', isMetered: true, unitAmount: 1, ...fields })

const usageLine = (from: number, to: number, amount = 500) =>
  line({
    id: 'il_u',
    price: 'price_usage',
    subscriptionItem: 'si_u',
    isMetered: true,
    amount,
    periodStart: from,
    periodEnd: to,
  })

const alone = (latestInvoice: string | null, periodStart = JANUARY, periodEnd = FEBRUARY) =>
  told(
    'subscription',
    'sub_1',
    { items: [usage({ periodStart, periodEnd })], latestInvoice },
    { at: periodStart },
  )

/** The bill for January's usage, made when January is over. */
const bill = (fields: Partial<InvoiceState> = {}) =>
  told(
    'invoice',
    'in_2',
    {
      created: FEBRUARY,
      finalizedAt: FEBRUARY + HOUR,
      paidAt: null,
      billingReason: 'subscription_cycle',
      lines: [usageLine(JANUARY, FEBRUARY)],
      ...fields,
    },
    { at: FEBRUARY + HOUR },
  )

describe('usage billed by itself (R28)', () => {
  it('is served while nothing is due: Stripe names no invoice', () => {
    expect(access('calls', [alone(null)], { at: JANUARY + DAY })).toMatchObject({
      allowed: true,
      state: 'active',
      value: null,
      reasons: [{ code: 'nothing_due' }],
    })
  })

  it('is pending, and asked for, where Stripe names an invoice nobody has seen', () => {
    const decision = adas([alone('in_1')], { at: JANUARY + DAY })
    expect(decision.features['calls']).toMatchObject({ allowed: false, state: 'pending' })
    expect(decision.needs).toMatchObject([{ type: 'invoice', object: 'in_1' }])
  })

  it('paid for one month is served through the next', () => {
    const snapshots = [
      alone(null),
      alone('in_2', FEBRUARY, MARCH),
      bill({ status: 'paid', paidAt: FEBRUARY + HOUR }),
    ]
    expect(access('calls', snapshots, { at: MARCH - HOUR })).toMatchObject({
      allowed: true,
      reasons: [{ message: 'Nothing is due before 2026-03-15 10:00 UTC.' }],
    })
    expect(access('calls', snapshots, { at: MARCH + 71 * HOUR })).toMatchObject({ allowed: true })
    expect(access('calls', snapshots, { at: MARCH + 73 * HOUR })).toMatchObject({ allowed: false })
  })

  it('unpaid is a debt from the end of its month: grace, then nothing', () => {
    const failed = bill({ status: 'open', attempted: true })
    const snapshots = [
      alone(null),
      told(
        'subscription',
        'sub_1',
        {
          status: 'past_due',
          items: [usage({ periodStart: FEBRUARY, periodEnd: MARCH })],
          latestInvoice: 'in_2',
        },
        { at: FEBRUARY + HOUR },
      ),
      { ...failed, eventType: 'invoice.payment_failed' },
    ]
    const end = FEBRUARY + HOUR + 7 * DAY
    expect(access('calls', snapshots, { at: end - 1 })).toMatchObject({
      allowed: true,
      state: 'grace',
      until: end,
    })
    expect(access('calls', snapshots, { at: end })).toMatchObject({
      allowed: false,
      state: 'suspended',
    })
  })

  it('that cost nothing in a month is served through the next', () => {
    const free = bill({ status: 'paid', amountPaid: 0, lines: [usageLine(JANUARY, FEBRUARY, 0)] })
    const snapshots = [alone(null), alone('in_2', FEBRUARY, MARCH), free]
    expect(access('calls', snapshots, { at: MARCH - HOUR })).toMatchObject({ allowed: true })
  })
})

describe('usage on top of a plan (R28)', () => {
  const both = (fields: { periodStart?: number; periodEnd?: number } = {}) =>
    told('subscription', 'sub_1', { items: [item(fields), usage(fields)] })

  it('rides with the plan while that is paid', () => {
    const snapshots = [both(), told('invoice', 'in_1')]
    expect(access('calls', snapshots, { at: FEBRUARY - HOUR })).toMatchObject({
      allowed: true,
      value: null,
    })
  })

  it('is not served where the plan was never paid', () => {
    const open = told('invoice', 'in_1', { status: 'open', paidAt: null, attempted: false })
    expect(access('calls', [both(), open])).toMatchObject({ allowed: false })
    expect(access('reports', [both(), open])).toMatchObject({ allowed: false })
  })
})

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

describe('a change that was billed on top of a month nobody paid', () => {
  const CHANGED = JANUARY + 5 * DAY
  const three = told('subscription', 'sub_1', {
    items: [item({ quantity: 3 })],
    latestInvoice: 'in_2',
  })
  const base = (status: string, fields: Partial<InvoiceLineState> = {}) =>
    told('invoice', 'in_1', { status, attempted: false, lines: [line(fields)] })
  /** Two seats more, for the rest of the month, paid. */
  const change = (fields: Partial<InvoiceLineState> = {}) =>
    told('invoice', 'in_2', {
      created: CHANGED,
      billingReason: 'subscription_update',
      lines: [
        line({ id: 'il_2', isProration: true, quantity: 3, periodStart: CHANGED, ...fields }),
      ],
    })
  const reports = (...snapshots: AnySnapshot[]) =>
    access('reports', [three, ...snapshots], { at: CHANGED + DAY }).allowed

  it('pays nothing of it', () => {
    expect(reports(base('open'), change())).toBe(false)
    expect(reports(base('paid'), change())).toBe(true)
  })

  it('pays what reaches beyond that month, and what began before it', () => {
    expect(reports(base('open'), change({ periodEnd: MARCH }))).toBe(true)
    expect(reports(base('open', { periodStart: CHANGED + 1 }), change())).toBe(true)
  })

  it('pays where that month cost nothing, or was over by then', () => {
    expect(reports(base('open', { amount: 0 }), change())).toBe(true)
    expect(reports(base('open', { periodEnd: CHANGED }), change())).toBe(true)
  })
})

describe('a month that the credit of one nobody paid has paid', () => {
  it('pays nothing, also where the plan was changed meanwhile without a bill', () => {
    const first = (status: string) =>
      told('invoice', 'in_1', {
        status,
        attempted: false,
        lines: [line({ price: 'price_team', quantity: 2, amount: 6000 })],
      })
    const resumed = told('invoice', 'in_2', {
      created: JANUARY + DAY,
      amountPaid: 0,
      billingReason: 'subscription_update',
      lines: [
        line({ id: 'il_2', isProration: true, amount: -6000, periodStart: JANUARY + HOUR }),
        line({ id: 'il_3', periodStart: JANUARY + DAY }),
      ],
    })
    const at = { at: JANUARY + 2 * DAY }
    expect(
      access('reports', [told('subscription', 'sub_1'), first('void'), resumed], at).allowed,
    ).toBe(false)
    expect(
      access('reports', [told('subscription', 'sub_1'), first('paid'), resumed], at).allowed,
    ).toBe(true)
  })
})

describe('a change that is paid, asked for again after its first bill was voided', () => {
  it('pays also where the bill of the period it credits was not seen', () => {
    const change = (id: string, status: string, quantity: number, created: number) =>
      told('invoice', id, {
        ...{ status, created, attempted: false, billingReason: 'subscription_update' },
        lines: [
          line({
            id: `${id}_a`,
            price: 'price_basic',
            isProration: true,
            amount: -900,
            periodStart: created,
          }),
          line({ id: `${id}_b`, quantity, isProration: true, periodStart: created }),
        ],
      })
    const heard = [
      told('subscription', 'sub_1', { latestInvoice: 'in_3' }),
      change('in_2', 'void', 1, JANUARY + DAY),
      change('in_3', 'paid', 1, JANUARY + 2 * DAY),
    ]
    expect(access('reports', heard, { at: JANUARY + 3 * DAY }).allowed).toBe(true)
  })
})

describe('a renewal that the credit of an unpaid year has paid', () => {
  it('pays nothing: what was given back had never been paid', () => {
    const YEAR_END = JANUARY + 365 * DAY
    const monthly = told('subscription', 'sub_1', {
      items: [item({ periodStart: FEBRUARY, periodEnd: MARCH })],
      latestInvoice: 'in_2',
    })
    const yearly = { price: 'price_pro_yearly', periodEnd: YEAR_END, amount: 20_000 }
    const year = (status: string) => told('invoice', 'in_1', { status, lines: [line(yearly)] })
    const month = told('invoice', 'in_2', {
      created: FEBRUARY,
      amountPaid: 0,
      billingReason: 'subscription_cycle',
      lines: [
        line({
          ...yearly,
          id: 'il_2',
          isProration: true,
          amount: -19_000,
          periodStart: JANUARY + DAY,
        }),
        line({ id: 'il_3', periodStart: FEBRUARY, periodEnd: MARCH }),
      ],
    })
    const at = { at: FEBRUARY + 2 * HOUR }
    expect(access('reports', [monthly, year('open'), month], at).allowed).toBe(false)
    expect(access('reports', [monthly, year('paid'), month], at).allowed).toBe(true)
  })
})

describe('usage whose cycle begins anew', () => {
  const anew = FEBRUARY + 5 * DAY
  const until = anew + 30 * DAY
  const paid = told(
    'invoice',
    'in_2',
    { created: FEBRUARY, lines: [usageLine(JANUARY, FEBRUARY)] },
    { at: FEBRUARY },
  )
  const restarted = (latestInvoice: string) => alone(latestInvoice, anew, until)
  const reasonAt = (at: number, ...told: AnySnapshot[]) =>
    access('calls', told, { at }).reasons[0]?.code

  it('owes nothing before the end of its new period, where all that was billed is paid', () => {
    expect(reasonAt(until - 1, restarted('in_2'), paid)).toBe('nothing_due')
    expect(reasonAt(MARCH + 4 * DAY, restarted('in_9'), paid)).toBe('renewal_overdue')
  })

  it('and still not where the draft for that period asks for nothing', () => {
    const moved = alone('in_3', until, until + 30 * DAY)
    const draft = (amount: number, from = anew) =>
      told('invoice', 'in_3', {
        status: 'draft',
        created: until,
        attempted: false,
        attemptCount: 0,
        lines: [usageLine(from, until, amount)],
      })
    expect(reasonAt(until + HOUR, moved, paid, draft(0))).toBe('renewal_window')
  })
})

describe('usage that was paid, and whose money was taken back at once', () => {
  it('is suspended: nothing stands for what is used after it', () => {
    const bill = told(
      'invoice',
      'in_2',
      { created: FEBRUARY, lines: [usageLine(JANUARY, FEBRUARY)] },
      { at: FEBRUARY },
    )
    const taken = [told('invoice_payment', 'inpay_1', { invoice: 'in_2' }), told('dispute', 'dp_1')]
    const born = alone(null)
    const renewed = alone('in_2', FEBRUARY, MARCH)
    const at = FEBRUARY + 2 * HOUR
    expect(access('calls', [born, renewed, bill], { at }).allowed).toBe(true)
    expect(access('calls', [born, renewed, bill, ...taken], { at })).toMatchObject({
      allowed: false,
      state: 'suspended',
    })
  })
})

describe('usage billed on its own, before a pause or at the end', () => {
  it('is nothing bought once', () => {
    const stray = told('invoice', 'in_2', {
      created: FEBRUARY,
      lines: [
        line({
          price: 'price_usage',
          subscriptionItem: null,
          isSubscriptionLine: false,
          amount: 100,
        }),
      ],
    })
    const ended = told('subscription', 'sub_1', {
      status: 'canceled',
      endedAt: FEBRUARY,
      items: [usage()],
    })
    const late = { at: FEBRUARY + DAY }
    expect(access('calls', [ended, stray], late).allowed).toBe(false)
  })
})

describe('usage whose periods end with the month', () => {
  const utc = (text: string) => Date.parse(text) / 1000
  const [start, february, march] = [
    utc('2026-01-31T10:00:00Z'),
    utc('2026-02-28T10:00:00Z'),
    utc('2026-03-31T10:00:00Z'),
  ]

  it('paid to the 28th of February is served to the 31st of March where it began on a 31st', () => {
    const moved = told(
      'subscription',
      'sub_1',
      {
        created: start,
        startDate: start,
        items: [usage({ periodStart: march, periodEnd: utc('2026-04-30T10:00:00Z') })],
        latestInvoice: 'in_3',
      },
      { at: march },
    )
    const paid = told(
      'invoice',
      'in_2',
      { created: february, lines: [usageLine(start, february)] },
      { at: february },
    )
    const { reasons } = access('calls', [moved, paid], { at: march + 1 })
    expect(reasons[0]?.code).toBe('renewal_window')
    const end = march + 72 * HOUR
    expect(access('calls', [moved, paid], { at: end - 1 }).allowed).toBe(true)
    expect(access('calls', [moved, paid], { at: end }).allowed).toBe(false)
  })
})
