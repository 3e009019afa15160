import { describe, expect, it } from 'vitest'
import { DAY, HOUR, JANUARY, told } from '../../test/support/told.ts'
import { DEFAULT_POLICY } from './compile-catalog.ts'
import type { ProductPolicy } from './catalog.ts'
import type { AnySnapshot, ChargeState, InvoiceState, PaymentIntentState } from './fact.ts'
import { buildFacts } from './facts.ts'
import { standingOf } from './invoice-standing.ts'
import { join } from './joins.ts'

const FAILED = { eventType: 'invoice.payment_failed' }
const invoice = (fields: Partial<InvoiceState> = {}, at = JANUARY, evidence = {}) =>
  told('invoice', 'in_1', fields, { at, ...evidence })
const open = (fields: Partial<InvoiceState> = {}) =>
  invoice({ status: 'open', attempted: false, attemptCount: 0, ...fields })
const joined = told('invoice_payment', 'inpay_1')
const intent = (fields: Partial<PaymentIntentState>, at = JANUARY, id = 'pi_1') =>
  told('payment_intent', id, fields, { at })
const charge = (fields: Partial<ChargeState> = {}, id = 'ch_1') => told('charge', id, fields)

function standing(snapshots: readonly AnySnapshot[], policy: Partial<ProductPolicy> = {}) {
  const facts = buildFacts(snapshots)
  const view = facts.invoices.get('in_1')
  if (view === undefined) throw new Error('in_1 was not seen')
  const subscription = facts.subscriptions.get('sub_1') ?? null
  const context = { facts, joins: join(facts), subscription }
  return standingOf({ ...context, policy: { ...DEFAULT_POLICY, ...policy } }, view)
}

describe('an open invoice', () => {
  it('not attempted yet is open; attempted and not failed, its payment is under way', () => {
    expect(standing([open()])).toMatchObject({ standing: 'open', needs: [] })
    expect(standing([open({ attempted: true, attemptCount: 1 })]).standing).toBe('processing')
  })

  it('failed with its latest attempt, and is retried with the next', () => {
    const failed = invoice({ status: 'open', attemptCount: 1 }, JANUARY, FAILED)
    expect(standing([failed]).standing).toBe('failed')
    const next = invoice({ status: 'open', attemptCount: 2, attempted: true }, JANUARY + HOUR)
    expect(standing([failed, next]).standing).toBe('retried')
    expect(standing([next]).standing).toBe('retried')
    const again = invoice({ status: 'open', attemptCount: 2 }, JANUARY + HOUR, FAILED)
    expect(standing([failed, again]).standing).toBe('failed')
  })

  it('is under way while its payment is, unless its attempt was said to fail after that', () => {
    const failed = invoice({ status: 'open', attemptCount: 1 }, JANUARY + HOUR, FAILED)
    const underWay = (at: number) => intent({ status: 'processing' }, at)
    expect(standing([open(), joined, underWay(JANUARY)]).standing).toBe('processing')
    expect(standing([failed, joined, underWay(JANUARY)]).standing).toBe('failed')
    expect(standing([failed, joined, underWay(JANUARY + HOUR)]).standing).toBe('retried')
    expect(standing([failed, joined, underWay(JANUARY + 2 * HOUR)]).standing).toBe('retried')
  })

  it('is retried where one of its charges was refused and another is under way', () => {
    const charge = (id: string, status: string) =>
      told('charge', id, { status, paymentIntent: 'pi_1' })
    const refused = [open(), joined, charge('ch_1', 'failed')]
    expect(standing(refused).standing).toBe('failed')
    expect(standing([...refused, charge('ch_2', 'pending')]).standing).toBe('retried')
    const begun = [open(), joined, charge('ch_2', 'pending')]
    expect(standing(begun).standing).toBe('open')
  })

  it.each(['requires_payment_method', 'requires_source'])(
    'failed where its payment shows an error and is %s',
    (status) => {
      expect(standing([open(), joined, intent({ status, hasPaymentError: true })]).standing).toBe(
        'failed',
      )
      expect(standing([open(), joined, intent({ status, hasPaymentError: false })]).standing).toBe(
        'open',
      )
    },
  )

  it('did not fail where an error is past, or is another payment’s', () => {
    const past = intent({ status: 'requires_action', hasPaymentError: true })
    expect(standing([open(), joined, past]).standing).toBe('open')
    const error = { status: 'requires_payment_method', hasPaymentError: true }
    expect(standing([open(), joined, intent(error, JANUARY, 'pi_2')]).standing).toBe('open')
    expect(standing([open(), intent(error)]).standing).toBe('open')
  })
})

describe('a draft', () => {
  it('is a draft, or stuck where Stripe could not finalise it', () => {
    const draft = { status: 'draft', attempted: false, attemptCount: 0 }
    expect(standing([invoice(draft)]).standing).toBe('draft')
    expect(standing([invoice({ ...draft, hasFinalizationError: true })]).standing).toBe('stuck')
  })
})

describe('an invoice made while collection was paused', () => {
  const paused = { pauseCollection: { behavior: 'void', resumesAt: null } }
  const subscription = (from: number, to: number | null = null) => [
    told('subscription', 'sub_1', paused, { at: from }),
    ...(to === null ? [] : [told('subscription', 'sub_1', {}, { at: to })]),
  ]
  const voided = (created: number, at = created) => invoice({ status: 'void', created }, at)

  it.each(['void', 'uncollectible', 'draft'])('and %s is forgiven', (status) => {
    expect(standing([...subscription(JANUARY - DAY), invoice({ status })]).standing).toBe(
      'forgiven',
    )
    expect(standing([invoice({ status })]).standing).toBe(status)
  })

  it('is not where it is open: somebody is asked to pay', () => {
    expect(standing([...subscription(JANUARY - DAY), open()]).standing).toBe('open')
  })

  it('counts from two seconds before the pause was seen, for two events of one act', () => {
    expect(standing([...subscription(JANUARY + 2), voided(JANUARY)]).standing).toBe('forgiven')
    expect(standing([...subscription(JANUARY + 3), voided(JANUARY)]).standing).toBe('void')
  })

  it('must be settled before the pause is over, or within a minute of that', () => {
    const pause = subscription(JANUARY - DAY, JANUARY + HOUR)
    expect(standing([...pause, voided(JANUARY, JANUARY + HOUR + 60)]).standing).toBe('forgiven')
    expect(standing([...pause, voided(JANUARY, JANUARY + HOUR + 61)]).standing).toBe('void')
  })

  it('is forgiven also where it was given up later, without ever being asked for', () => {
    const pause = subscription(JANUARY - DAY, JANUARY + HOUR)
    const later = JANUARY + 2 * HOUR
    const given = (finalizedAt: number | null, created = JANUARY) =>
      standing([...pause, invoice({ status: 'void', created, finalizedAt }, later)]).standing
    expect(given(later - 60)).toBe('forgiven')
    expect(given(later - 61)).toBe('void')
    expect(given(null)).toBe('void')
    // Made after the pause: nobody let it go.
    expect(given(later, JANUARY + HOUR + 2)).toBe('forgiven')
    expect(given(later, JANUARY + HOUR + 3)).toBe('void')
  })

  it('is forgiven where only the invoice says so, and never under a policy that suspends', () => {
    const says = invoice({ status: 'uncollectible', uncollectibleReason: 'subscription_paused' })
    expect(standing([says]).standing).toBe('forgiven')
    expect(standing([says], { pauseCollection: 'suspend' }).standing).toBe('uncollectible')
    const pause = subscription(JANUARY - DAY)
    expect(standing([...pause, voided(JANUARY)], { pauseCollection: 'suspend' }).standing).toBe(
      'void',
    )
  })
})

describe('a paid invoice', () => {
  const refund = told('refund', 're_1', {})
  const partial = told('refund', 're_1', { amount: 500 })
  const dispute = (status: string) => told('dispute', 'dp_1', { status })
  const paid = [invoice(), joined, charge()]

  it.each([
    ['needs_response', 'disputed'],
    ['lost', 'lost'],
    ['won', 'paid'],
    ['warning_needs_response', 'paid'],
  ])('under a dispute that is %s is %s', (status, expected) => {
    expect(standing([...paid, dispute(status)]).standing).toBe(expected)
    expect(standing([...paid, dispute(status)], { dispute: 'keep' }).standing).toBe('paid')
  })

  it('is not touched by what became of another invoice’s money', () => {
    const other = told('charge', 'ch_9', { invoice: 'in_9', paymentIntent: null })
    const fields = { charge: 'ch_9', paymentIntent: null }
    const lost = told('dispute', 'dp_9', { status: 'lost', ...fields })
    const refunded = told('refund', 're_9', fields)
    const revoke = { subscriptionRefund: 'revoke' } as const
    expect(standing([...paid, other, lost, refunded], revoke).standing).toBe('paid')
  })

  it('stays paid when it is refunded, unless the policy revokes', () => {
    expect(standing([...paid, refund]).standing).toBe('paid')
    const revoke = { subscriptionRefund: 'revoke' } as const
    expect(standing([...paid, refund], revoke)).toMatchObject({
      standing: 'refunded',
      evidence: [refund.observation],
    })
    expect(standing([...paid, partial], revoke).standing).toBe('paid')
    expect(standing([...paid, partial], { ...revoke, partialRefund: 'revoke' }).standing).toBe(
      'refunded',
    )
    expect(standing([...paid, partial], { partialRefund: 'revoke' }).standing).toBe('paid')
  })

  it('asks about a charge that shows refunds nobody explains', () => {
    const shown = charge({ amountRefunded: 300 })
    expect(standing([invoice(), joined, shown]).needs).toMatchObject([{ object: 'ch_1' }])
  })
})

describe('a paid invoice that nothing joins to its money', () => {
  const suspect = { customer: 'cus_1', paymentIntent: 'pi_9', isDisputed: true }
  const asks = (...snapshots: AnySnapshot[]) =>
    standing(snapshots).needs.map(({ type, object }) => `${type} ${object}`)

  it.each([
    ['disputed', { isDisputed: true }],
    ['refunded in part', { isDisputed: false, amountRefunded: 1 }],
  ])('is asked about where a charge of its amount and customer was %s', (_, fields) => {
    expect(asks(invoice(), charge({ ...suspect, ...fields }))).toEqual(['invoice in_1'])
  })

  it('is asked about where only the dispute itself was heard', () => {
    const quiet = charge({ ...suspect, isDisputed: false })
    expect(asks(invoice(), quiet)).toEqual([])
    expect(asks(invoice(), quiet, told('dispute', 'dp_1', {}))).toEqual(['invoice in_1'])
  })

  it.each([
    ['another amount', { amount: 1999 }],
    ['another customer', { customer: 'cus_2' }],
    ['nothing wrong', { isDisputed: false }],
  ])('is not asked about for a charge of %s', (_, fields) => {
    expect(asks(invoice(), charge({ ...suspect, ...fields }))).toEqual([])
  })

  it('is not asked about for what a session or another invoice paid', () => {
    const sold = told('checkout_session', 'cs_1', { paymentIntent: 'pi_9' })
    expect(asks(invoice(), charge(suspect), sold)).toEqual([])
    const other = told('invoice_payment', 'inpay_9', { invoice: 'in_9', paymentIntent: 'pi_9' })
    expect(asks(invoice(), charge(suspect), other)).toEqual([])
  })

  it('is not asked about once it is joined, was read, or cost nothing', () => {
    expect(asks(invoice(), joined, charge(suspect))).toEqual([])
    expect(asks(invoice({ charges: ['ch_7'] }), charge(suspect))).toEqual([])
    expect(asks(invoice({}, JANUARY, { origin: 'read' }), charge(suspect))).toEqual([])
    const free = charge({ ...suspect, amount: 0 })
    expect(asks(invoice({ amountPaid: 0 }), free)).toEqual([])
  })
})
