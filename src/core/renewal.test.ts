import { describe, expect, it } from 'vitest'
import { compiled, pro } from '../../test/support/catalogs.ts'
import { withPolicy } from '../../test/support/stories/catalogs.ts'
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
import { decide } from './decide.ts'
import type { InvoiceState, SubscriptionState } from './fact.ts'
import { buildFacts } from './facts.ts'

const subscription = told('subscription', 'sub_1')
const january = told('invoice', 'in_1')

const renewed = (fields: Partial<SubscriptionState> = {}) =>
  told(
    'subscription',
    'sub_1',
    {
      items: [item({ periodStart: FEBRUARY, periodEnd: MARCH })],
      latestInvoice: 'in_2',
      ...fields,
    },
    { at: FEBRUARY },
  )

const bill = (fields: Partial<InvoiceState> = {}, at = FEBRUARY + HOUR) =>
  told(
    'invoice',
    'in_2',
    {
      status: 'open',
      created: FEBRUARY,
      billingReason: 'subscription_cycle',
      attempted: false,
      attemptCount: 0,
      finalizedAt: FEBRUARY + HOUR,
      paidAt: null,
      amountPaid: 0,
      lines: [line({ periodStart: FEBRUARY, periodEnd: MARCH })],
      ...fields,
    },
    { at, eventType: fields.attempted === true ? 'invoice.payment_failed' : 'invoice.updated' },
  )

const failed = bill({ attempted: true, attemptCount: 1 })
const pastDue = renewed({ status: 'past_due' })

describe('past the paid period (R08)', () => {
  it('the renewal may be charged for 72 hours more, and then access ends by the clock', () => {
    const snapshots = [subscription, january, renewed()]
    const end = FEBRUARY + 72 * HOUR
    expect(access('reports', snapshots, { at: end - 1 })).toMatchObject({
      allowed: true,
      state: 'active',
      until: end,
      reasons: [{ code: 'renewal_window' }],
    })
    expect(access('reports', snapshots, { at: end })).toMatchObject({
      allowed: false,
      state: 'suspended',
      reasons: [{ code: 'renewal_overdue' }],
    })
  })

  it('the window is as long as the policy says', () => {
    const catalog = compiled(withPolicy({ renewalWindowHours: 0 }))
    expect(access('reports', [subscription, january], { at: FEBRUARY - 1, catalog }).allowed).toBe(
      true,
    )
    expect(access('reports', [subscription, january], { at: FEBRUARY, catalog }).allowed).toBe(
      false,
    )
  })

  it('a bill drafted or open changes nothing yet', () => {
    for (const status of ['draft', 'open']) {
      expect(
        access('reports', [subscription, january, renewed(), bill({ status })], {
          at: FEBRUARY + 2 * HOUR,
        }),
      ).toMatchObject({ state: 'active', until: FEBRUARY + 72 * HOUR })
    }
  })
})

describe('a renewal that failed (R10)', () => {
  it('begins the grace when its bill was made final, however often it is tried again', () => {
    const again = bill({ attempted: true, attemptCount: 3 }, FEBRUARY + 5 * DAY)
    const until = FEBRUARY + HOUR + 7 * DAY
    for (const snapshots of [
      [subscription, january, pastDue, failed],
      [subscription, january, pastDue, failed, again],
      [subscription, january, renewed(), failed],
    ]) {
      expect(access('reports', snapshots, { at: until - 1 })).toMatchObject({
        state: 'grace',
        until,
      })
      expect(access('reports', snapshots, { at: until })).toMatchObject({ state: 'suspended' })
    }
  })

  it('is believed of Stripe’s status alone: grace from the end of what was paid', () => {
    expect(access('reports', [january, pastDue], { at: FEBRUARY + DAY })).toMatchObject({
      state: 'grace',
      until: FEBRUARY + 7 * DAY,
    })
  })

  it('begins no second grace with the next month’s bill', () => {
    const next = told(
      'invoice',
      'in_3',
      {
        ...(bill({ attempted: true, attemptCount: 1 }).after as InvoiceState),
        created: MARCH,
        finalizedAt: MARCH + HOUR,
        lines: [line({ periodStart: MARCH, periodEnd: MARCH + 31 * DAY })],
      },
      { at: MARCH + HOUR, eventType: 'invoice.payment_failed' },
    )
    const snapshots = [subscription, january, pastDue, failed, next]
    expect(access('reports', snapshots, { at: MARCH + DAY })).toMatchObject({ state: 'suspended' })
  })

  it('that never had money before has no grace at all', () => {
    const first = told(
      'invoice',
      'in_1',
      { status: 'open', paidAt: null, attempted: true, amountPaid: 0 },
      { eventType: 'invoice.payment_failed' },
    )
    for (const status of ['active', 'past_due', 'incomplete', 'unpaid']) {
      const found = access('reports', [told('subscription', 'sub_1', { status }), first])
      expect(found.allowed).toBe(false)
    }
  })

  it('leaves a later paid period alone, whatever order the money came in', () => {
    const paid = bill(
      { status: 'paid', attempted: true, paidAt: FEBRUARY + 9 * DAY },
      FEBRUARY + 9 * DAY,
    )
    const snapshots = [paid, failed, pastDue, january, subscription]
    expect(access('reports', snapshots, { at: MARCH - HOUR })).toMatchObject({ allowed: true })
  })
})

describe('an invoice sent to be paid later (R11)', () => {
  const terms = { collectionMethod: 'send_invoice', daysUntilDue: 30 }
  const sent = told('invoice', 'in_1', {
    status: 'open',
    paidAt: null,
    amountPaid: 0,
    attempted: false,
    collectionMethod: 'send_invoice',
    dueDate: JANUARY + 30 * DAY,
  })
  const due = JANUARY + 30 * DAY

  it('is access until it is due, and the same grace after', () => {
    const snapshots = [told('subscription', 'sub_1', terms), sent]
    expect(access('reports', snapshots, { at: due - 1 })).toMatchObject({ state: 'active' })
    expect(access('reports', snapshots, { at: due })).toMatchObject({
      state: 'grace',
      until: due + 7 * DAY,
    })
    expect(access('reports', snapshots, { at: due + 7 * DAY })).toMatchObject({
      state: 'suspended',
    })
  })

  it('is pending until paid, where the policy says paidOnly', () => {
    const catalog = compiled(withPolicy({ sendInvoice: 'paidOnly' }))
    const snapshots = [told('subscription', 'sub_1', terms), sent]
    expect(access('reports', snapshots, { catalog })).toMatchObject({ state: 'pending' })
  })
})

describe('a bill nobody has seen', () => {
  it('is asked for at once where it is the first', () => {
    const decision = adas([subscription], { at: JANUARY + 10 })
    expect(decision.features['reports']).toMatchObject({ allowed: false, state: 'pending' })
    expect(decision.needs).toEqual([
      { type: 'invoice', object: 'in_1', reason: 'named by the subscription and not seen' },
    ])
  })

  it('is not asked for again where Stripe does not know it', () => {
    const facts = buildFacts([subscription, told('invoice', 'in_1', null)])
    const decision = decide({ facts, customer: 'ada', catalog: pro, now: JANUARY + DAY })
    expect(decision.needs).toEqual([])
  })

  it('is asked for a day before access would end for want of it, and wakes us to do so', () => {
    const snapshots = [subscription, january, renewed()]
    const ask = FEBRUARY + 72 * HOUR - DAY
    const before = adas(snapshots, { at: ask - 1 })
    expect(before.needs).toEqual([])
    expect(before.wakeAt).toBe(ask)
    expect(adas(snapshots, { at: ask }).needs).toMatchObject([{ type: 'invoice', object: 'in_2' }])
  })

  it('is not asked for while what is paid lasts', () => {
    expect(adas([subscription, january], { at: FEBRUARY - DAY }).needs).toEqual([])
  })
})
