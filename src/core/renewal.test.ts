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
import type { AnySnapshot, InvoiceState, SubscriptionState } from './fact.ts'
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

describe('of two bills of one second', () => {
  it('that for the period itself decides, and not a change within it', () => {
    const change = told('invoice', 'in_0', {
      status: 'open',
      created: FEBRUARY,
      attempted: true,
      attemptCount: 1,
      lines: [line({ id: 'il_0', isProration: true, periodStart: FEBRUARY, periodEnd: MARCH })],
    })
    const failed = { ...change, eventType: 'invoice.payment_failed' }
    const open = bill({ attempted: true, attemptCount: 1, status: 'open' })
    const underWay = { ...open, eventType: 'invoice.updated' }
    const at = FEBRUARY + 5 * DAY
    expect(
      access('reports', [subscription, january, renewed(), failed, underWay], { at }),
    ).toMatchObject({ state: 'active', reasons: [{ code: 'renewal_processing' }] })
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

  it('is no debit under way while it is tried again: the refusal before it stands', () => {
    const refused = bill({ attempted: true, attemptCount: 1 })
    const again = (attemptCount: number) => ({
      ...bill({ attempted: true, attemptCount }, FEBRUARY + 5 * DAY),
      eventType: 'invoice.updated',
    })
    const at = FEBRUARY + 6 * DAY
    const heard = [subscription, january, renewed()]
    expect(access('reports', [...heard, refused, again(2)], { at }).state).toBe('grace')
    expect(access('reports', [...heard, again(2)], { at }).state).toBe('grace')
    expect(access('reports', [...heard, again(1)], { at })).toMatchObject({
      state: 'active',
      reasons: [{ code: 'renewal_processing' }],
    })
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

describe('past a trial', () => {
  const trial = { trialStart: JANUARY, trialEnd: FEBRUARY, latestInvoice: 'in_2' }
  const added = (created: number) => item({ id: 'si_2', price: 'price_exports', created })
  const own = line({ id: 'il_2', subscriptionItem: 'si_2', price: 'price_exports' })
  const exports = (items: SubscriptionState['items']) =>
    access(
      'exports',
      [renewed({ ...trial, items, status: 'past_due' }), bill({ attempted: true, lines: [own] })],
      { at: FEBRUARY + 2 * DAY },
    ).state
  const product = { product: 'prod_exports' }

  it('what was added to others since has had none, and no grace after it', () => {
    const plan = item({ created: JANUARY })
    expect(exports([plan, { ...added(FEBRUARY), ...product }])).toBe('grace')
    expect(exports([plan, { ...added(FEBRUARY + 1), ...product }])).toBe('none')
  })

  it('what took the place of another has had it', () => {
    expect(exports([{ ...added(FEBRUARY + 1), ...product }])).toBe('grace')
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

describe('several bills of one renewal', () => {
  const remade = (fields: Partial<InvoiceState> = {}) =>
    told(
      'invoice',
      'in_3',
      {
        ...(bill({ created: FEBRUARY + 2 * DAY, finalizedAt: FEBRUARY + 2 * DAY })
          .after as InvoiceState),
        ...fields,
      },
      { at: FEBRUARY + 2 * DAY },
    )
  const voided = bill({ status: 'void' })
  const after = (...snapshots: Parameters<typeof adas>[0]) =>
    access('reports', [subscription, january, renewed(), ...snapshots], { at: FEBRUARY + 5 * DAY })

  it('a void one counts as failed, until another is made for the same period', () => {
    expect(after(voided)).toMatchObject({ state: 'grace' })
    expect(after(voided, remade())).toMatchObject({ reasons: [{ code: 'renewal_overdue' }] })
  })

  it('one of a later period does not speak for it', () => {
    const lines = [line({ periodStart: FEBRUARY + 2 * DAY, periodEnd: MARCH })]
    expect(after(voided, remade({ lines }))).toMatchObject({
      reasons: [{ code: 'payment_failed', objects: ['in_2', 'sub_1'] }],
    })
  })

  it('a second void one changes nothing', () => {
    expect(after(voided, remade({ status: 'void' }))).toMatchObject({
      reasons: [{ objects: ['in_2', 'sub_1'] }],
    })
  })

  it('begun after the window is a later bill, which brings no grace', () => {
    const late = (from: number) => {
      const lines = [line({ periodStart: from, periodEnd: MARCH })]
      const failing = { ...(remade({ lines, attempted: true, attemptCount: 1 }) as object) }
      const told = { ...failing, eventType: 'invoice.payment_failed' } as typeof voided
      return access('reports', [subscription, january, renewed(), told], {
        at: FEBRUARY + 4 * DAY,
      }).state
    }
    expect(late(FEBRUARY + 3 * DAY)).toBe('grace')
    expect(late(FEBRUARY + 3 * DAY + 1)).toBe('suspended')
  })
})

describe('a subscription for which nothing was ever paid', () => {
  const first = (fields: Partial<InvoiceState>) =>
    told('invoice', 'in_1', { status: 'open', attempted: false, attemptCount: 0, ...fields })
  const reason = (fields: Partial<SubscriptionState>, invoice = first({})) => {
    const { state, reasons } = access('reports', [told('subscription', 'sub_1', fields), invoice])
    return `${state} ${reasons[0]?.code ?? ''}`
  }

  it.each([
    [{ status: 'active' }, 'pending first_payment_open'],
    [{ status: 'incomplete' }, 'pending first_payment_open'],
    [{ status: 'unpaid' }, 'suspended unpaid'],
    [{ status: 'past_due' }, 'none first_payment_failed'],
    [{ status: 'paused' }, 'suspended subscription_paused'],
  ])('and %j is %s', (fields, expected) => {
    expect(reason(fields)).toBe(expected)
  })

  it.each(['void', 'uncollectible'])('is refused once its first bill is %s', (status) => {
    expect(reason({}, first({ status }))).toBe('none first_payment_failed')
    const terms = { collectionMethod: 'send_invoice', daysUntilDue: 30 }
    expect(reason(terms, first({ status }))).toBe('none first_payment_failed')
    expect(reason(terms)).toBe('active invoice_sent')
  })

  it.each(['void', 'uncollectible'])(
    'is refused once its first bill is %s, also where others made it past due',
    (status) => {
      const terms = { collectionMethod: 'send_invoice', daysUntilDue: 30, status: 'past_due' }
      expect(reason(terms, first({ status }))).toBe('none first_payment_failed')
      expect(reason(terms)).toBe('active invoice_sent')
    },
  )

  it('has no item that waits for a bill of its own, once every bill was given up', () => {
    const terms = { collectionMethod: 'send_invoice', daysUntilDue: 30 }
    const added = item({ id: 'si_2', price: 'price_exports', product: 'prod_exports' })
    const both = told('subscription', 'sub_1', { ...terms, items: [item(), added] })
    const exports = (...bills: AnySnapshot[]) =>
      adas([both, ...bills], { at: JANUARY + 2 * DAY }).features['exports']?.allowed
    const later = told('invoice', 'in_2', { status: 'open', created: JANUARY + DAY })
    expect(exports(first({ status: 'void' }))).toBe(false)
    expect(exports(first({ status: 'void' }), later)).toBe(true)
    expect(exports(first({}))).toBe(true)
  })

  it('asks within a day for what a refused bill may hide, and no later however often it looks', () => {
    const added = item({ id: 'si_2', price: 'price_exports', product: 'prod_exports' })
    const both = told('subscription', 'sub_1', { items: [item(), added] })
    const heard = [both, first({ status: 'void' })]
    expect(adas(heard, { at: JANUARY + HOUR }).wakeAt).toBe(JANUARY + DAY)
    expect(adas(heard, { at: JANUARY + DAY }).needs).not.toEqual([])
  })

  it('is no trial where the policy grants none', () => {
    const catalog = compiled(withPolicy({ trial: 'deny' }))
    const trial = told('subscription', 'sub_1', {
      status: 'trialing',
      latestInvoice: null,
      trialStart: JANUARY,
      trialEnd: FEBRUARY,
    })
    expect(access('reports', [trial], { catalog })).toMatchObject({
      state: 'none',
      reasons: [{ code: 'trial_not_granted' }],
    })
    expect(access('reports', [trial])).toMatchObject({ state: 'trial', until: FEBRUARY + HOUR })
  })

  it('is served while its payment is under way, where the policy says so', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true, processingDays: 2 }))
    const underWay = first({ attempted: true, attemptCount: 1 })
    const at = (now: number) =>
      access('reports', [subscription, underWay], { catalog, at: now }).state
    expect(at(JANUARY + 2 * DAY - 1)).toBe('active')
    expect(at(JANUARY + 2 * DAY)).toBe('pending')
    expect(access('reports', [subscription, first({})], { catalog }).state).toBe('pending')
  })
})

describe('a subscription on terms that is past due before its only bill was due', () => {
  const terms = { collectionMethod: 'send_invoice', daysUntilDue: 30, latestInvoice: 'in_2' }
  const due = FEBRUARY + 30 * DAY
  const sent = bill({ collectionMethod: 'send_invoice', dueDate: due })
  const state = (fields: Partial<SubscriptionState>, at: number) =>
    access('reports', [told('subscription', 'sub_1', { ...terms, ...fields }, { at }), sent], {
      at: at + DAY,
    }).state

  it('owes an earlier one: nothing is served for what was sent since', () => {
    expect(state({ status: 'past_due' }, FEBRUARY + DAY)).toBe('suspended')
  })

  it('is served until that is due where it is not past due, and graced where it is due', () => {
    expect(state({ status: 'active' }, FEBRUARY + DAY)).toBe('active')
    expect(state({ status: 'past_due' }, due)).toBe('grace')
  })

  it('serves no item beside it that no bill names', () => {
    const added = item({ id: 'si_2', price: 'price_exports', product: 'prod_exports' })
    const late = JANUARY + 31 * DAY
    const both = (status: string) =>
      told('subscription', 'sub_1', { ...terms, status, items: [item(), added] }, { at: late })
    const exports = (...heard: AnySnapshot[]) =>
      access('exports', heard, { at: late + DAY }).allowed
    expect(exports(both('past_due'), sent)).toBe(false)
    expect(exports(both('active'), sent)).toBe(true)
    // Of no bill anything was heard: its own may be the one that is due.
    expect(exports(both('past_due'))).toBe(true)
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

  it('is asked for once: not again where it was read since then', () => {
    const ask = FEBRUARY + 72 * HOUR - DAY
    const read = (at: number) =>
      told('invoice', 'in_2', bill().after as InvoiceState, { at, origin: 'read' })
    const needs = (at: number) =>
      adas([subscription, january, renewed(), read(at)], { at: ask + HOUR }).needs
    expect(needs(ask)).toEqual([])
    expect(needs(ask - 1)).toMatchObject([{ type: 'invoice', object: 'in_2' }])
  })

  it('is not asked for while what is paid lasts', () => {
    expect(adas([subscription, january], { at: FEBRUARY - DAY }).needs).toEqual([])
  })
})
