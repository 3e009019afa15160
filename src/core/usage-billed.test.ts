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
import type { AnySnapshot, InvoiceState, SubscriptionItemState } from './fact.ts'

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
