import type { CheckoutSession, PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { cancelPayment } from '../payment-intents/cancel-payment.ts'
import { collectPayment, confirmPayment } from '../payment-intents/collect-payment.ts'
import { declineError } from '../payment-intents/payment-error.ts'
import { buyerOf } from './buyer.ts'
import { completePayment, completeSubscription } from './complete-checkout.ts'
import { makeSubscription } from './make-subscription.ts'
import { methodFor } from './method-for.ts'
import type { SessionInput } from './session-parameters.ts'
import type { SubmitOutcome } from './submit-checkout.ts'

/**
 * Takes the money first: in payment mode, and for a subscription since 2025-03-31.basil, where
 * neither subscription nor invoice exists until the payment went through (stripe-facts rows 1, 3, 4).
 */
export function submitPayment(world: World, id: string, idOrToken: string): SubmitOutcome {
  const session = world.must('checkout.session', id)
  const method = methodFor(world, session, idOrToken)
  const customer = buyerOf(world, id, method)
  world.patch('~checkout', id, { paymentMethod: method.id })
  const intent = attempt(world, session, { method: method.id, customer: customer?.id ?? null })
  world.patch('~checkout', id, { paymentIntent: intent.id })
  if (session.mode === 'payment') world.patch('checkout.session', id, { payment_intent: intent.id })
  return afterAttempt(world, id, intent)
}

/** What an attempt's end means for the session; also asked when the buyer returns from a challenge. */
export function afterAttempt(world: World, id: string, intent: PaymentIntent): SubmitOutcome {
  const session = world.must('checkout.session', id)
  switch (intent.status) {
    case 'requires_action':
    case 'requires_confirmation':
      return { session, next: 'authenticate' }
    case 'succeeded':
    case 'processing':
    case 'requires_capture':
      return { session: finish(world, session, intent), next: 'done' }
    default:
      return afterDecline(session, intent)
  }
}

export function afterDecline(session: CheckoutSession, intent: PaymentIntent): SubmitOutcome {
  return { session, next: 'declined', error: declineError(intent) }
}

function finish(world: World, session: CheckoutSession, intent: PaymentIntent): CheckoutSession {
  if (session.mode === 'payment') return completePayment(world, session.id, intent.id)
  const { paymentMethod } = world.must('~checkout', session.id)
  const subscription = makeSubscription(world, session.id, { paymentMethod, paidBy: intent.id })
  return completeSubscription(world, session.id, subscription)
}

function attempt(
  world: World,
  session: CheckoutSession,
  payer: { readonly method: string; readonly customer: string | null },
): PaymentIntent {
  const { paymentIntent, input, baseUrl } = world.must('~checkout', session.id)
  const amount = session.amount_total ?? 0
  const addresses = { baseUrl, returnUrl: `${baseUrl}/c/pay/${session.id}` }
  const earlier = world.get('payment_intent', paymentIntent)
  if (earlier !== undefined) {
    if (earlier.status === 'requires_payment_method' && earlier.amount === amount) {
      return confirmPayment(world, earlier.id, {
        paymentMethod: payer.method,
        offSession: false,
        ...addresses,
      })
    }
    // A challenge left unanswered, or another amount since: that attempt is over.
    if (earlier.status !== 'canceled') cancelPayment(world, earlier.id, null)
  }
  const data = input.payment_intent_data
  const isSubscription = session.mode === 'subscription'
  return collectPayment(world, {
    amount,
    currency: session.currency ?? 'usd',
    customer: payer.customer,
    paymentMethod: payer.method,
    offSession: false,
    checkoutSession: session.id,
    description: data?.description ?? (isSubscription ? 'Subscription creation' : undefined),
    metadata: data?.metadata ?? {},
    setupFutureUsage: isSubscription ? 'off_session' : data?.setup_future_usage,
    captureMethod: isSubscription ? undefined : (data?.capture_method ?? 'automatic_async'),
    receiptEmail: data?.receipt_email,
    shipping: shippingOf(input),
    statementDescriptor: data?.statement_descriptor,
    ...addresses,
  })
}

function shippingOf({ payment_intent_data: data }: SessionInput): PaymentIntent['shipping'] {
  const shipping = data?.shipping
  if (shipping === undefined) return null
  const { address } = shipping
  return {
    address: {
      city: address.city ?? null,
      country: address.country ?? null,
      line1: address.line1 ?? null,
      line2: address.line2 ?? null,
      postal_code: address.postal_code ?? null,
      state: address.state ?? null,
    },
    carrier: shipping.carrier ?? null,
    name: shipping.name,
    phone: shipping.phone ?? null,
    tracking_number: shipping.tracking_number ?? null,
  }
}
