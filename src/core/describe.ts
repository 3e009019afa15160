import { formatSecond } from './calendar.ts'
import { clean } from './canonical.ts'
import type { AnySnapshot, CheckoutSessionState, InvoiceState, SubscriptionState } from './fact.ts'

/** What one observation tells, in one plain sentence. */
export function describe(snapshot: AnySnapshot): string {
  const { eventType, object, origin } = snapshot
  if (snapshot.after === null) return `Stripe does not know ${object}.`
  const prefix = origin === 'read' ? 'Stripe was asked: ' : ''
  return prefix + sentence(snapshot, eventType)
}

function sentence(snapshot: AnySnapshot, eventType: string): string {
  const { object: id, after } = snapshot
  if (after === null) return `Nothing is known of ${id}.`
  switch (snapshot.type) {
    case 'customer':
      return snapshot.after?.deleted === true
        ? `Stripe customer ${id} was deleted.`
        : `Stripe customer ${id} was ${verb(eventType)}.`
    case 'checkout_session':
      return snapshot.after === null ? '' : checkout(id, snapshot.after, eventType)
    case 'subscription':
      return snapshot.after === null ? '' : subscription(id, snapshot.after, eventType)
    case 'invoice':
      return snapshot.after === null ? '' : invoice(id, snapshot.after, eventType)
    case 'invoice_payment':
      return `Payment ${id} of invoice ${snapshot.after?.invoice ?? 'unknown'} ${phrase(snapshot.after?.status)}.`
    case 'payment_intent':
      return `Payment ${id} ${phrase(snapshot.after?.status)}.`
    case 'charge':
      return snapshot.after?.isRefunded === true
        ? `Charge ${id} was refunded in full.`
        : `Charge ${id} ${phrase(snapshot.after?.status)}${(snapshot.after?.amountRefunded ?? 0) > 0 ? ', part of it refunded' : ''}.`
    case 'refund':
      return `Refund ${id} ${phrase(snapshot.after?.status)}.`
    case 'dispute':
      return `Dispute ${id} ${phrase(snapshot.after?.status)}.`
    case 'setup_intent':
      return `Saving a payment method (${id}) ${phrase(snapshot.after?.status)}.`
    case 'product':
      return `Product ${id} was ${verb(eventType)}.`
    case 'price':
      return `Price ${id} was ${verb(eventType)}.`
    case 'entitlement_summary':
      return `Stripe lists ${snapshot.after?.lookupKeys.map((key) => clean(key)).join(', ') || 'no features'} as active entitlements.`
    case 'test_clock':
      return `Test clock ${id} stands at ${formatSecond(snapshot.after?.frozenTime ?? 0)}.`
    case 'manual_grant':
      return snapshot.after?.isRevoked === true
        ? `A person revoked the grant of ${clean(snapshot.after.feature)}.`
        : `A person granted ${clean(snapshot.after?.feature ?? '')}.`
  }
}

function checkout(id: string, state: CheckoutSessionState, eventType: string): string {
  switch (eventType) {
    case 'checkout.session.async_payment_failed':
      return `The delayed payment of Checkout ${id} failed.`
    case 'checkout.session.async_payment_succeeded':
      return `The delayed payment of Checkout ${id} arrived.`
    case 'checkout.session.expired':
      return `Checkout ${id} expired unused.`
  }
  const payment =
    state.paymentStatus === 'unpaid'
      ? 'the payment is still under way'
      : state.paymentStatus === 'paid'
        ? 'paid'
        : 'nothing to pay'
  return `Checkout ${id} is ${words(state.status)}, ${payment}.`
}

function subscription(id: string, state: SubscriptionState, eventType: string): string {
  const items = state.items
    .map(
      ({ price, lookupKey, quantity }) =>
        `${quantity} × ${clean(lookupKey ?? price ?? 'unknown price')}`,
    )
    .join(', ')
  const cancels =
    state.cancelAt !== null
      ? `, set to cancel ${formatSecond(state.cancelAt)}`
      : state.cancelAtPeriodEnd
        ? ', set to cancel at the end of its period'
        : ''
  const trial =
    state.status === 'trialing' && state.trialEnd !== null
      ? ` until ${formatSecond(state.trialEnd)}`
      : ''
  const paused = state.pauseCollection === null ? '' : ', collection paused'
  const began = eventType === 'customer.subscription.created' ? 'began and ' : ''
  return `Subscription ${id} ${began}is ${words(state.status)}${trial}${cancels}${paused}${items === '' ? '' : ` (${items})`}.`
}

function invoice(id: string, state: InvoiceState, eventType: string): string {
  if (eventType === 'invoice.payment_failed') return `A payment of invoice ${id} failed.`
  if (eventType === 'invoice.finalization_failed') return `Stripe could not finalise invoice ${id}.`
  const nothing = state.status === 'paid' && state.amountPaid === 0 ? ' with nothing to pay' : ''
  return `Invoice ${id} is ${words(state.status)}${nothing}.`
}

/** Stripe's words for where money stands, as a person says them. */
const PHRASES: ReadonlyMap<string, string> = new Map([
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'was canceled'],
  ['processing', 'is under way'],
  ['requires_payment_method', 'waits for a payment method'],
  ['requires_confirmation', 'waits to be confirmed'],
  ['requires_action', 'waits for the customer'],
  ['requires_capture', 'is authorised, not captured yet'],
  ['needs_response', 'needs an answer'],
  ['warning_needs_response', 'is a question of the bank that needs an answer'],
  ['warning_under_review', 'is a question of the bank that was answered'],
  ['warning_closed', 'is a question of the bank that was closed'],
  ['won', 'was won'],
  ['lost', 'was lost'],
  ['prevented', 'was prevented'],
])

function phrase(status: string | null | undefined): string {
  return PHRASES.get(status ?? '') ?? `is ${words(status)}`
}

function words(status: string | null | undefined): string {
  return clean(status ?? 'of unknown status').replaceAll('_', ' ')
}

function verb(eventType: string): string {
  return words(eventType.split('.').at(-1) ?? 'seen')
}
