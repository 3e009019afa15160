import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { withPolicy } from '../../test/support/stories/catalogs.ts'
import {
  access,
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
  ChargeState,
  CheckoutSessionState,
  InvoiceState,
  SubscriptionState,
} from './fact.ts'

/** A subscription that Checkout made, whose first bill nobody has seen. */
const subscription = (fields: Partial<SubscriptionState> = {}, at = JANUARY) =>
  told('subscription', 'sub_1', fields, { at })
const session = (fields: Partial<CheckoutSessionState> = {}, at = JANUARY, evidence = {}) =>
  told(
    'checkout_session',
    'cs_1',
    { mode: 'subscription', customer: 'cus_1', subscription: 'sub_1', ...fields },
    { at, ...evidence },
  )
const reports = (snapshots: readonly AnySnapshot[], at = JANUARY + DAY) =>
  access('reports', snapshots, { at })

describe('a Checkout that says paid', () => {
  it('is money for the first period of the subscription it made', () => {
    expect(reports([subscription(), session()])).toMatchObject({
      allowed: true,
      reasons: [{ code: 'paid', events: [session().observation], objects: ['cs_1', 'sub_1'] }],
    })
    expect(reports([subscription(), session()], FEBRUARY + 72 * HOUR).allowed).toBe(false)
  })

  it('names the bill it was, where the session does', () => {
    const [reason] = reports([subscription(), session({ invoice: 'in_1' })]).reasons
    expect(reason?.objects).toEqual(['in_1', 'sub_1'])
  })

  it('is no money before it is complete, or while it is unpaid', () => {
    expect(reports([subscription(), session({ status: 'open' })]).allowed).toBe(false)
    expect(reports([subscription(), session({ paymentStatus: 'unpaid' })]).allowed).toBe(false)
  })

  it('covers the first period alone, also where the item has moved on since', () => {
    const moved = {
      items: [item({ periodStart: FEBRUARY, periodEnd: MARCH })],
      latestInvoice: 'in_2',
    }
    const [reason] = reports([subscription(moved, FEBRUARY), session()], FEBRUARY + HOUR).reasons
    expect(reason?.code).toBe('renewal_window')
    expect(reports([subscription(moved, FEBRUARY), session()], FEBRUARY + 72 * HOUR).allowed).toBe(
      false,
    )
  })

  it('covers three days where nobody knows how long a period is', () => {
    const unknown = { items: [item({ periodStart: null, periodEnd: null, interval: null })] }
    expect(reports([subscription(unknown), session()]).reasons[0]?.message).toContain('2026-01-18')
  })

  it('covers an interval from the start where no period is named', () => {
    const unknown = { items: [item({ periodStart: null, periodEnd: null })] }
    expect(reports([subscription(unknown), session()]).reasons[0]?.message).toContain('2026-02-15')
  })

  it('says nothing of an item that was added a day later or more', () => {
    const added = (created: number | null) =>
      reports([subscription({ items: [item({ created })] }), session()], JANUARY + 3 * DAY).allowed
    expect(added(JANUARY + DAY)).toBe(true)
    expect(added(JANUARY + DAY + 1)).toBe(false)
    expect(added(null)).toBe(true)
  })

  it('says nothing of what follows a trial', () => {
    const trial = { status: 'active', trialStart: JANUARY, trialEnd: FEBRUARY }
    expect(reports([subscription(trial), session()], FEBRUARY + 4 * DAY).allowed).toBe(false)
    // Ended by a call in the very second: its session was the trial's all the same.
    const cut = { status: 'active', trialStart: JANUARY, trialEnd: JANUARY }
    expect(reports([subscription(cut), session()], JANUARY + 4 * DAY).allowed).toBe(false)
    const over = { status: 'active', trialEnd: JANUARY - 1 }
    expect(reports([subscription(over), session()]).allowed).toBe(true)
  })
})

describe('the first bill decides once it is seen', () => {
  const bill = (status: string, fields: object = {}) =>
    told('invoice', 'in_1', { status, ...fields })

  it.each(['open', 'draft'])(
    'but not while it is %s: its payment is merely not heard of',
    (status) => {
      const found = reports([subscription(), session(), bill(status, { attempted: false })])
      expect(found.allowed).toBe(true)
    },
  )

  it.each(['void', 'uncollectible'])('%s: it was no money', (status) => {
    expect(reports([subscription(), session(), bill(status)]).allowed).toBe(false)
  })

  it('also where it was given back in full since', () => {
    const yearly = subscription({
      items: [item({ periodStart: JANUARY, periodEnd: JANUARY + 365 * DAY, interval: 'year' })],
      latestInvoice: 'in_2',
    })
    const first = told('invoice', 'in_1', { billingReason: 'subscription_create' })
    const undone = told('invoice', 'in_2', {
      created: JANUARY + HOUR,
      lines: [line({ id: 'il_2', isProration: true, amount: -2000 })],
    })
    expect(reports([yearly, session(), first, undone], MARCH).allowed).toBe(false)
  })

  it('paid, for its own period', () => {
    const lines = [line({ periodEnd: JANUARY + 9 * DAY })]
    const [reason] = reports([subscription(), session(), bill('paid', { lines })]).reasons
    expect(reason?.message).toContain('2026-01-24')
  })

  it('of whatever reason, where it was made on the first day', () => {
    const early = bill('void', { billingReason: 'manual', created: JANUARY + DAY })
    expect(reports([subscription(), session(), early], JANUARY + 2 * DAY).allowed).toBe(false)
    const late = bill('void', { billingReason: 'manual', created: JANUARY + DAY + 1 })
    expect(reports([subscription(), session(), late], JANUARY + 2 * DAY).allowed).toBe(true)
  })
})

describe('a paid Checkout of several items', () => {
  const added = item({
    ...{ id: 'si_2', product: 'prod_exports', price: 'price_exports' },
    created: JANUARY + HOUR,
  })
  const both = subscription({ items: [item(), added], latestInvoice: 'in_9' })
  const first = (fields: Partial<InvoiceState>) => told('invoice', 'in_1', fields)
  const exports = (bill: AnySnapshot, sub = both) =>
    access('exports', [sub, session(), bill], { at: JANUARY + DAY }).allowed

  it('is no money for one that its first bill, settled, does not name', () => {
    expect(exports(first({}))).toBe(false)
    expect(exports(first({ status: 'void' }))).toBe(false)
  })

  it.each([
    ['is still open', { status: 'open', attempted: false }],
    ['is a draft', { status: 'draft', attempted: false }],
    ['has lines that were not seen', { hasMoreLines: true }],
    ['is another one', { billingReason: 'subscription_update' }],
    ['names its price', { lines: [line({ subscriptionItem: 'si_9', price: 'price_exports' })] }],
  ])('is money for it where that bill %s', (_, fields) => {
    expect(exports(first(fields))).toBe(true)
  })

  it('is no money once its first bill is given up, however late that was made', () => {
    const late = { status: 'void', created: JANUARY + 2 * DAY }
    const at = { at: JANUARY + 3 * DAY }
    const seen = (fields: Partial<InvoiceState>) =>
      access('reports', [subscription(), session(), first({ ...late, ...fields })], at).allowed
    expect(seen({})).toBe(false)
    expect(seen({ billingReason: 'manual' })).toBe(true)
  })
})

describe('a paid Checkout whose money was taken back', () => {
  const revoking = compiled(
    withPolicy({ subscriptionRefund: 'revoke', grantWhileProcessing: true }),
  )
  const refunded = (fields: Partial<ChargeState>) =>
    told('charge', 'ch_1', { amountRefunded: 2000, isRefunded: true, ...fields })
  const state = (charge: AnySnapshot, fields: Partial<CheckoutSessionState> = {}) =>
    access('reports', [subscription(), session({ invoice: 'in_1', ...fields }), charge], {
      at: JANUARY + DAY,
      catalog: revoking,
    }).state

  it('serves nobody, by whichever way the charge is known to be its own', () => {
    expect(state(refunded({ invoice: 'in_1', paymentIntent: null }))).toBe('pending')
    expect(state(refunded({ paymentIntent: 'pi_1' }), { paymentIntent: 'pi_1' })).toBe('pending')
    expect(state(refunded({ paymentIntent: 'pi_2' }), { paymentIntent: 'pi_1' })).toBe('active')
  })
})

describe('a subscription whose Checkout was paid by a delayed payment', () => {
  const unpaid = { paymentStatus: 'unpaid' }
  const failed = session(unpaid, JANUARY + DAY, {
    eventType: 'checkout.session.async_payment_failed',
  })

  it('is pending while that is under way, whatever Stripe calls it', () => {
    expect(reports([subscription(), session(unpaid)])).toMatchObject({
      state: 'pending',
      reasons: [{ code: 'first_payment_open' }],
    })
  })

  it('is served meanwhile where the policy says so, from when the Checkout completed', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true, processingDays: 3 }))
    const at = (now: number) =>
      access('reports', [subscription(), session(unpaid)], { at: now, catalog })
    const end = JANUARY + 3 * DAY
    expect(at(end - 1)).toMatchObject({
      state: 'active',
      until: end,
      reasons: [{ code: 'first_payment_processing' }],
    })
    expect(at(end).state).toBe('pending')
  })

  it('is served for no item once its bill is given up', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true }))
    const added = item({ id: 'si_2', product: 'prod_exports', price: 'price_exports' })
    const both = subscription({ items: [item(), added], latestInvoice: 'in_1' })
    const sold = session({ ...unpaid, invoice: 'in_1' })
    const bill = (status: string) => told('invoice', 'in_1', { status, lines: [line()] })
    const exports = (status: string) =>
      access('exports', [both, sold, bill(status)], { at: JANUARY + DAY, catalog }).allowed
    expect(exports('open')).toBe(true)
    expect(exports('uncollectible')).toBe(false)
  })

  it('is refused when that failed, unless money came after', () => {
    expect(reports([subscription(), session(unpaid), failed], JANUARY + 2 * DAY)).toMatchObject({
      state: 'none',
      reasons: [{ code: 'first_payment_failed' }],
    })
    const arrived = session({}, JANUARY + 2 * DAY)
    expect(
      reports([subscription(), session(unpaid), failed, arrived], JANUARY + 3 * DAY).allowed,
    ).toBe(true)
  })

  it('is not served for a Checkout that is not complete, or without knowing of one', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true }))
    const state = (...sessions: AnySnapshot[]) =>
      access('reports', [subscription(), ...sessions], { at: JANUARY + DAY, catalog }).state
    expect(state(session({ ...unpaid, status: 'open' }))).toBe('pending')
    expect(state()).toBe('pending')
    expect(state(session(unpaid))).toBe('active')
  })

  it('that failed says nothing of an item that was added since', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true }))
    const exports = (created: number) => {
      const added = item({ id: 'si_2', product: 'prod_exports', price: 'price_exports', created })
      const both = subscription({ items: [item(), added], latestInvoice: 'in_2' })
      const bill = told('invoice', 'in_2', {
        ...{ status: 'open', attempted: true, created: FEBRUARY },
        ...{ billingReason: 'subscription_cycle' },
        lines: [line({ subscriptionItem: 'si_2', price: 'price_exports', periodEnd: MARCH })],
      })
      const heard = [both, session(unpaid), failed, bill]
      return access('exports', heard, { at: FEBRUARY + DAY, catalog }).state
    }
    expect(exports(JANUARY + 3)).toBe('active')
    expect(exports(JANUARY + 2)).toBe('none')
  })

  it('is not served for a failed one, also where the policy serves meanwhile', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true }))
    const snapshots = [subscription(), session(unpaid), failed]
    expect(access('reports', snapshots, { at: JANUARY + 2 * DAY, catalog }).allowed).toBe(false)
  })
})
