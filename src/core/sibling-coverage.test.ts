import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { withPolicy } from '../../test/support/stories/catalogs.ts'
import { adas, DAY, FEBRUARY, item, JANUARY, line, MARCH, told } from '../../test/support/told.ts'
import type { AnySnapshot, InvoiceState, SubscriptionState } from './fact.ts'

const ADDED = JANUARY + 5 * DAY
const SOON = ADDED + DAY
const exporting = item({
  id: 'si_2',
  price: 'price_exports',
  product: 'prod_exports',
  created: ADDED,
})
const usage = item({ id: 'si_3', price: 'price_usage', isMetered: true })

/** Pro, paid for January, and other items beside it. */
const both = (other: typeof exporting, fields: Partial<SubscriptionState> = {}) =>
  told('subscription', 'sub_1', { items: [item(), other], latestInvoice: 'in_1', ...fields })
const paid = (fields: Partial<InvoiceState> = {}) => told('invoice', 'in_1', fields)

const features = (snapshots: readonly AnySnapshot[], at = SOON) => adas(snapshots, { at }).features

describe('an item added between bills', () => {
  it('is paid with the next bill: served while its sibling is', () => {
    expect(features([both(exporting), paid()])['exports']).toMatchObject({
      allowed: true,
      until: FEBRUARY + 3 * DAY,
    })
  })

  it.each(['past_due', 'unpaid'])('is not where the subscription is %s', (status) => {
    expect(features([both(exporting, { status }), paid()])['exports']?.allowed).toBe(false)
  })

  it('is not where the latest bill is named and unseen, or none is named', () => {
    for (const latestInvoice of ['in_9', null]) {
      const found = features([both(exporting, { latestInvoice }), paid()])
      expect(found['exports']?.allowed, String(latestInvoice)).toBe(false)
      expect(found['reports']?.allowed, String(latestInvoice)).toBe(true)
    }
  })

  it('is while the latest bill is a draft of the renewal, and not one for the change itself', () => {
    const draft = (billingReason: string) =>
      told('invoice', 'in_2', { status: 'draft', billingReason, created: ADDED, lines: [] })
    const of = (billingReason: string) =>
      features([both(exporting, { latestInvoice: 'in_2' }), paid(), draft(billingReason)])
    expect(of('subscription_cycle')['exports']?.allowed).toBe(true)
    expect(of('subscription_update')['exports']?.allowed).toBe(false)
  })

  it('is not while the latest bill is open, unless that is seen to be for others', () => {
    const open = (fields: Partial<InvoiceState>) =>
      features([
        both(exporting, { latestInvoice: 'in_2' }),
        paid(),
        told('invoice', 'in_2', { status: 'open', created: ADDED, ...fields }),
      ])['exports']?.allowed
    const raise = line({ id: 'il_2', isProration: true })
    const own = line({ id: 'il_3', subscriptionItem: 'si_2', price: 'price_exports' })
    expect(open({ lines: [] })).toBe(false)
    expect(open({ lines: [raise] })).toBe(true)
    expect(open({ lines: [raise], hasMoreLines: true })).toBe(false)
    expect(open({ lines: [raise, own] })).toBe(false)
    expect(open({ lines: [raise], status: 'void' })).toBe(true)
    expect(open({ lines: [raise, own], status: 'void' })).toBe(false)
  })

  describe('rides the renewal of its siblings', () => {
    const cycle = (fields: Partial<InvoiceState>, lines: InvoiceState['lines'] = []) =>
      told('invoice', 'in_2', {
        status: 'open',
        billingReason: 'subscription_cycle',
        created: FEBRUARY,
        finalizedAt: FEBRUARY + 3600,
        lines: [line({ id: 'il_2', periodStart: FEBRUARY, periodEnd: MARCH }), ...lines],
        ...fields,
      })
    const own = line({
      id: 'il_3',
      subscriptionItem: 'si_2',
      price: 'price_exports',
      periodStart: FEBRUARY,
      periodEnd: MARCH,
    })
    const exports = (bill: AnySnapshot, at: number) =>
      features([both(exporting, { latestInvoice: 'in_2' }), paid(), bill], at)['exports']

    it.each([
      ['draft', { status: 'draft', attempted: false, attemptCount: 0 }, 3],
      ['open', { attempted: false, attemptCount: 0 }, 3],
      ['a debit under way', { attempted: true, attemptCount: 1 }, 21],
    ] as const)('while that is %s, whether it is on it or not', (_, fields, days) => {
      for (const bill of [cycle(fields), cycle(fields, [own])]) {
        expect(exports(bill, FEBRUARY + DAY)).toMatchObject({
          allowed: true,
          until: FEBRUARY + days * DAY,
        })
      }
    })

    it('and has no grace when that fails: nothing was ever paid for it', () => {
      const failed = { attempted: true, attemptCount: 2 }
      for (const bill of [cycle(failed), cycle(failed, [own])]) {
        expect(exports(bill, FEBRUARY + DAY)?.allowed).toBe(false)
      }
    })
  })

  it('is awaited with the first bill of its siblings, while that is under way', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true, processingDays: 14 }))
    const first = (fields: Partial<InvoiceState>) =>
      paid({ status: 'open', attempted: true, attemptCount: 1, ...fields })
    const exports = (bill: AnySnapshot) =>
      adas([both(exporting), bill], { at: SOON, catalog }).features['exports']
    expect(exports(first({}))).toMatchObject({ allowed: true, until: JANUARY + 14 * DAY })
    expect(exports(first({ attempted: false, attemptCount: 0 }))?.state).toBe('pending')
    expect(exports(first({ status: 'void' }))?.allowed).toBe(false)
  })

  it('goes by the renewal of those that were paid, not by what another of them still owes', () => {
    const third = item({ id: 'si_4', price: 'price_team', product: 'prod_team' })
    const sub = told('subscription', 'sub_1', {
      items: [item(), third, exporting],
      latestInvoice: 'in_1',
    })
    const owed = told('invoice', 'in_2', {
      ...{ status: 'open', attempted: true, attemptCount: 1, created: JANUARY + 60 },
      billingReason: 'subscription_update',
      lines: [line({ subscriptionItem: 'si_4', price: 'price_team', periodEnd: MARCH })],
    })
    expect(features([sub, paid(), owed], FEBRUARY + 3600)['exports']).toMatchObject({
      allowed: true,
      until: FEBRUARY + 3 * DAY,
      reasons: [{ code: 'renewal_window' }],
    })
  })

  it('has no debit trusted once the first bill of its siblings was refused, until one is paid', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true }))
    const bill = (id: string, fields: Partial<InvoiceState>) =>
      told('invoice', id, { billingReason: 'subscription_cycle', ...fields })
    const own = bill('in_3', {
      ...{ status: 'open', attempted: true, attemptCount: 1, created: FEBRUARY },
      lines: [
        line({
          subscriptionItem: 'si_2',
          price: 'price_exports',
          periodStart: FEBRUARY,
          periodEnd: MARCH,
        }),
      ],
    })
    const exports = (...bills: AnySnapshot[]) =>
      adas([both(exporting, { latestInvoice: 'in_3' }), ...bills], { at: FEBRUARY + DAY, catalog })
        .features['exports']?.allowed
    const refused = paid({ status: 'void', lines: [line()] })
    const later = bill('in_2', { status: 'void', created: FEBRUARY + 1, lines: [line()] })
    const settled = bill('in_2', { created: JANUARY + DAY, lines: [] })
    expect(exports(own)).toBe(true)
    expect(exports(refused, own)).toBe(false)
    expect(exports(later, own)).toBe(true)
    expect(exports(refused, settled, own)).toBe(true)
  })

  it('stands or falls with its own bill where it has one', () => {
    const own = told('invoice', 'in_2', {
      status: 'open',
      created: ADDED,
      billingReason: 'subscription_update',
      attempted: true,
      lines: [line({ subscriptionItem: 'si_2', price: 'price_exports', isProration: true })],
    })
    expect(features([both(exporting), paid(), own])['exports']?.allowed).toBe(false)
  })

  it('carries nothing that was there before it', () => {
    const plan = item({ created: JANUARY })
    const added = told('subscription', 'sub_1', {
      items: [plan, exporting],
      latestInvoice: 'in_1',
    })
    const own = paid({ lines: [line({ subscriptionItem: 'si_2', price: 'price_exports' })] })
    expect(features([added, own])['exports']?.allowed).toBe(true)
    expect(features([added, own])['reports']?.allowed).toBe(false)
  })

  it('has no sibling in usage: that is no plan it could be paid with', () => {
    const found = features([
      told('subscription', 'sub_1', { items: [exporting, usage], latestInvoice: 'in_1' }),
      paid({ lines: [line({ subscriptionItem: 'si_3', price: 'price_usage', isMetered: true })] }),
    ])
    expect(found['exports']?.allowed).toBe(false)
  })
})

describe('usage beside a plan', () => {
  it('is served as long as the plan is paid', () => {
    expect(features([both(usage), paid()])['calls']).toMatchObject({ allowed: true, value: null })
    expect(features([both(usage), paid()], MARCH)['calls']?.allowed).toBe(false)
  })

  it('waits with the plan for the first debit, where the policy serves meanwhile', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true }))
    const open = (fields: Partial<InvoiceState>) =>
      adas([both(usage), paid({ status: 'open', attempted: true, attemptCount: 1, ...fields })], {
        at: SOON,
        catalog,
      }).features
    expect(open({})['reports']?.allowed).toBe(true)
    expect(open({})['calls']).toMatchObject({
      allowed: true,
      reasons: [{ code: 'first_payment_processing' }],
    })
    expect(open({ status: 'void' })['calls']?.allowed).toBe(false)
  })

  it('of several plans is served as long as the one paid longest', () => {
    const yearly = item({ id: 'si_2', price: 'price_pro_yearly', interval: 'year' })
    const snapshots = [
      told('subscription', 'sub_1', { items: [usage, yearly, item()], latestInvoice: 'in_1' }),
      paid({
        lines: [
          line({ periodEnd: FEBRUARY }),
          line({
            id: 'il_2',
            subscriptionItem: 'si_2',
            price: 'price_pro_yearly',
            periodEnd: MARCH,
          }),
        ],
      }),
    ]
    expect(features(snapshots, FEBRUARY + 10 * DAY)['calls']?.allowed).toBe(true)
    expect(features(snapshots.toReversed(), FEBRUARY + 10 * DAY)['calls']?.allowed).toBe(true)
  })
})
