import type { Charge, PaymentIntent, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { insertCharge } from '../charges/insert-charge.ts'
import { bookCharge } from '../charges/settle-charge.ts'
import { openReview } from '../radar/open-review.ts'
import { disputeLater, raiseDispute } from '../disputes/raise-dispute.ts'
import { attachPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { changeInstrument, instrumentOf } from '../payment-methods/instrument.ts'
import { attemptOf } from './attempt-record.ts'
import { declinePayment } from './decline-payment.ts'

/** Days an authorisation can be captured (a card's, on line). */
const HELD_SECONDS = 7 * 86_400
/** Seconds after which the money of an asynchronous capture is booked. */
const ASYNC_SECONDS = 1

/** The card's issuer is asked, after any authentication: taken, held, or declined. */
export function takePayment(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  authentication: 'challenge' | 'frictionless' | null,
): PaymentIntent {
  const { decline } = instrumentOf(world, method).behaviour
  if (decline !== undefined) return declinePayment(world, intent, method, decline, authentication)
  const held = intent.capture_method === 'manual'
  const charge = insertCharge(world, {
    intent,
    paymentMethod: method,
    status: 'succeeded',
    captured: !held,
    circumstances: {
      authentication,
      captureBefore: held ? world.now(intent.customer) + HELD_SECONDS : null,
    },
  })
  if (authentication === 'challenge' && futureUsage(intent, method.type) === 'off_session') {
    changeInstrument(world, method, { setUp: true })
  }
  return held ? hold(world, intent, method, charge) : complete(world, intent, method, charge)
}

function hold(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  charge: Charge,
): PaymentIntent {
  const waiting = world.patch('payment_intent', intent.id, {
    status: 'requires_capture',
    amount_capturable: intent.amount,
    latest_charge: charge.id,
    next_action: null,
  })
  world.emit('charge.succeeded', charge)
  keep(world, intent, method)
  world.emit('payment_intent.amount_capturable_updated', waiting)
  world.schedule(intent.customer, {
    at: world.now(intent.customer) + HELD_SECONDS,
    name: 'payment_intent.expire_authorization',
    id: intent.id,
  })
  world.signal('payment_intent.settled', { id: intent.id, outcome: 'requires_capture' })
  return world.must('payment_intent', intent.id)
}

function complete(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  charge: Charge,
): PaymentIntent {
  if (intent.capture_method === 'automatic_async') {
    world.schedule(intent.customer, {
      at: world.now(intent.customer) + ASYNC_SECONDS,
      name: 'charge.capture_asynchronously',
      id: charge.id,
    })
  } else {
    bookCharge(world, charge)
  }
  return succeed(world, intent, method, charge.id)
}

/** The money is there. The charge has its final state; this tells, and lets what follows follow. */
export function succeed(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  chargeId: string,
): PaymentIntent {
  const charge = world.must('charge', chargeId)
  const paid = world.patch('payment_intent', intent.id, {
    status: 'succeeded',
    amount_received: charge.amount,
    amount_capturable: 0,
    latest_charge: charge.id,
    next_action: null,
  })
  world.emit('charge.succeeded', charge)
  keep(world, intent, method)
  world.emit('payment_intent.succeeded', paid)
  openReview(world, charge.id)
  world.signal('payment_intent.settled', { id: intent.id, outcome: 'succeeded' })
  dispute(world, intent, charge.id)
  return world.must('payment_intent', intent.id)
}

/** Keeps the payment method for the customer where that was asked; else it is used up. */
export function keep(world: World, intent: PaymentIntent, method: PaymentMethod): void {
  const current = world.must('payment_method', method.id)
  if (current.customer !== null) return
  // A debit may settle days after its customer was deleted: there is nobody to keep it for.
  const customer = world.get('customer', intent.customer)
  if (customer !== undefined && futureUsage(intent, method.type) !== null) {
    attachPaymentMethod(world, method.id, customer.id)
  } else {
    changeInstrument(world, current, { spent: true })
  }
}

/** What the payment method is kept for: the intent says, or its options for that kind. */
export function futureUsage(intent: PaymentIntent, type: string): string | null {
  const options = intent.payment_method_options as Readonly<
    Record<string, { readonly setup_future_usage?: string } | undefined>
  > | null
  const own = options?.[type]?.setup_future_usage
  return own === 'none' ? null : (own ?? intent.setup_future_usage)
}

/**
 * At once, after all that the payment leads to; for Checkout a second later, as its subscription
 * and invoice are made from the payment and must be there first.
 */
export function dispute(world: World, intent: PaymentIntent, charge: string): void {
  const { checkoutSession } = attemptOf(world, intent.id)
  if (checkoutSession === null) raiseDispute(world, charge)
  else disputeLater(world, charge)
}
