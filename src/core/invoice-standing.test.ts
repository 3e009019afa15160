import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
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
  type Asked,
} from '../../test/support/told.ts'
import type { AnySnapshot, InvoiceState, SubscriptionState } from './fact.ts'

const january = told('invoice', 'in_1')

const onFebruary = (fields: Partial<SubscriptionState>, at = FEBRUARY) =>
  told(
    'subscription',
    'sub_1',
    {
      items: [item({ periodStart: FEBRUARY, periodEnd: MARCH })],
      latestInvoice: 'in_2',
      ...fields,
    },
    { at },
  )

const february = (fields: Partial<InvoiceState>, eventType = 'invoice.updated') =>
  told(
    'invoice',
    'in_2',
    {
      status: 'draft',
      created: FEBRUARY,
      billingReason: 'subscription_cycle',
      attempted: false,
      attemptCount: 0,
      finalizedAt: null,
      paidAt: null,
      amountPaid: 0,
      lines: [line({ periodStart: FEBRUARY, periodEnd: MARCH })],
      ...fields,
    },
    { at: FEBRUARY + 10, eventType },
  )

const reports = (snapshots: readonly AnySnapshot[], asked: Asked) =>
  access('reports', [january, ...snapshots], asked)

describe('a bill made while collection is paused (R14)', () => {
  const pause = (behavior: string, resumesAt: number | null = null) => [
    told(
      'subscription',
      'sub_1',
      { pauseCollection: { behavior, resumesAt } },
      { at: JANUARY + 10 * DAY },
    ),
    onFebruary({ pauseCollection: { behavior, resumesAt } }),
  ]

  it.each([
    ['keep_as_draft', february({ status: 'draft' })],
    ['void', february({ status: 'void' })],
    ['mark_uncollectible', february({ status: 'uncollectible' })],
  ])('and left as %s is forgiven: its period is served', (behavior, bill) => {
    expect(reports([...pause(behavior), bill], { at: MARCH - HOUR })).toMatchObject({
      allowed: true,
      state: 'active',
    })
  })

  it('is forgiven also where Stripe only says so on the invoice', () => {
    const bill = february({ status: 'uncollectible', uncollectibleReason: 'subscription_paused' })
    expect(reports([onFebruary({}), bill], { at: MARCH - HOUR })).toMatchObject({ allowed: true })
  })

  it('stays forgiven after the pause, for its own period and no longer', () => {
    const over = onFebruary({ metadata: { customer_id: 'ada', paused: 'no' } }, FEBRUARY + 5 * DAY)
    const snapshots = [...pause('keep_as_draft'), over, february({ status: 'draft' })]
    expect(reports(snapshots, { at: MARCH - HOUR })).toMatchObject({ allowed: true })
    expect(reports(snapshots, { at: MARCH + 73 * HOUR })).toMatchObject({ allowed: false })
  })

  it('does not forgive a bill of before', () => {
    const later = onFebruary(
      { pauseCollection: { behavior: 'void', resumesAt: null } },
      FEBRUARY + 5 * DAY,
    )
    const failed = february(
      { status: 'open', attempted: true, attemptCount: 1, finalizedAt: FEBRUARY + HOUR },
      'invoice.payment_failed',
    )
    const held = [onFebruary({}), later, failed]
    const ask = { at: FEBRUARY + 20 * DAY }
    // Stripe keeps the access of who is paused; what counts here is that it is not called paid.
    expect(reports(held, ask).reasons.map(({ code }) => code)).not.toContain('paid')
  })

  it('can be a reason to suspend, where the catalog says so', () => {
    const catalog = compiled(withPolicy({ pauseCollection: 'suspend' }))
    const asked = { at: FEBRUARY + DAY, catalog }
    const [first] = pause('void')
    const open = february({ status: 'open', finalizedAt: FEBRUARY + HOUR })
    expect(reports([first as AnySnapshot, ...pause('void'), open], asked)).toMatchObject({
      allowed: false,
      state: 'suspended',
      reasons: [{ code: 'collection_paused' }],
    })
  })
})

describe('a bill', () => {
  it('voided or written off is no money, whatever the subscription says (R21)', () => {
    for (const status of ['void', 'uncollectible']) {
      const found = reports([onFebruary({ status: 'active' }), february({ status })], {
        at: FEBRUARY + 20 * DAY,
      })
      expect(found).toMatchObject({ allowed: false, state: 'suspended' })
    }
  })

  it('that Stripe cannot finalise is the seller’s trouble: kept, with an alert (R08)', () => {
    const stuck = february({ hasFinalizationError: true })
    const decision = adas([january, onFebruary({}), stuck], { at: FEBRUARY + 20 * DAY })
    expect(decision.features['reports']).toMatchObject({ allowed: true, state: 'active' })
    expect(decision.alerts).toMatchObject([
      { code: 'finalization_failed', objects: ['in_2', 'sub_1'] },
    ])
  })

  it('attempted and not failed is a debit under way (R08)', () => {
    const sent = february({
      status: 'open',
      attempted: true,
      attemptCount: 1,
      finalizedAt: FEBRUARY + HOUR,
    })
    expect(reports([onFebruary({}), sent], { at: FEBRUARY + 20 * DAY })).toMatchObject({
      allowed: true,
      until: FEBRUARY + 21 * DAY,
      reasons: [{ code: 'renewal_processing' }],
    })
    expect(reports([onFebruary({}), sent], { at: FEBRUARY + 21 * DAY }).allowed).toBe(false)
  })
})

describe('money taken back', () => {
  const join = told('invoice_payment', 'inpay_1')
  const charge = told('charge', 'ch_1', { customer: 'cus_1' })
  const month = [told('subscription', 'sub_1'), join, charge]

  it.each([
    ['needs_response', 'suspended'],
    ['under_review', 'suspended'],
    ['lost', 'ended'],
    ['won', 'active'],
    ['warning_needs_response', 'active'],
    ['warning_closed', 'active'],
    ['appeal_under_review', 'suspended'],
    ['prevented', 'active'],
  ])('by a dispute that is %s leaves the month %s (R20)', (status, state) => {
    const dispute = told('dispute', 'dp_1', { status })
    expect(reports([...month, dispute], { at: FEBRUARY - HOUR })).toMatchObject({ state })
  })

  it('by one dispute is not made good by another that was won', () => {
    const disputes = [
      told('dispute', 'dp_1', { status: 'lost', amount: 1000 }),
      told('dispute', 'dp_2', { status: 'won', amount: 1000 }),
    ]
    expect(reports([...month, ...disputes], {})).toMatchObject({ state: 'ended' })
  })

  it('by a refund is taken back where the policy revokes, and a refund that failed gives it back (R19)', () => {
    const catalog = compiled(withPolicy({ subscriptionRefund: 'revoke' }))
    const refund = (status: string) => [...month, told('refund', 're_1', { status })]
    expect(reports(refund('succeeded'), {})).toMatchObject({ allowed: true })
    expect(reports(refund('succeeded'), { catalog })).toMatchObject({ state: 'ended' })
    expect(reports(refund('failed'), { catalog })).toMatchObject({ state: 'active' })
    const part = [...month, told('refund', 're_1', { amount: 100 })]
    expect(reports(part, { catalog })).toMatchObject({ state: 'active' })
    const strict = compiled(withPolicy({ subscriptionRefund: 'revoke', partialRefund: 'revoke' }))
    expect(reports(part, { catalog: strict })).toMatchObject({ state: 'ended' })
  })
})
