import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Charge, PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { bookCharge } from '../charges/settle-charge.ts'
import { money } from '../refunds/money.ts'
import { unexpectedState } from './cancel-payment.ts'
import { dispute } from './take-payment.ts'

/**
 * Takes what was held, or a part of it and lets the rest go (stripe-facts row 31). Emits
 * charge.captured, payment_intent.succeeded.
 * @throws {StripeError} 400 where nothing is held, or not as much.
 */
export function capturePayment(world: World, id: string, amount?: number): PaymentIntent {
  const intent = world.must('payment_intent', id)
  if (intent.status !== 'requires_capture' || intent.latest_charge === null) {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    )
  }
  const taken = amount ?? intent.amount_capturable
  if (taken < 1 || taken > intent.amount_capturable) {
    throw invalidRequest(
      `The amount to capture (${money(taken, intent.currency)}) must be positive and no more than the amount capturable (${money(intent.amount_capturable, intent.currency)}).`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    )
  }
  const charge = world.patch('charge', intent.latest_charge, {
    captured: true,
    amount_captured: taken,
  })
  const booked = bookCharge(world, charge, taken)
  const captured = world.patch('payment_intent', id, {
    status: 'succeeded',
    amount_received: taken,
    amount_capturable: 0,
  })
  world.unschedule(intent.customer, 'payment_intent.expire_authorization', id)
  world.emit('charge.captured', booked)
  world.emit('payment_intent.succeeded', captured)
  world.signal('payment_intent.settled', { id, outcome: 'succeeded' })
  dispute(world, intent, charge.id)
  return world.must('payment_intent', id)
}

/** @throws {StripeError} 400 in the words of a charge. */
export function captureCharge(world: World, charge: Charge, amount?: number): Charge {
  if (charge.refunded) {
    throw invalidRequest(`Charge ${charge.id} has expired or was released.`, {
      code: 'charge_expired_for_capture',
    })
  }
  if (charge.captured || charge.payment_intent === null) {
    throw invalidRequest(`Charge ${charge.id} has already been captured.`, {
      code: 'charge_already_captured',
    })
  }
  capturePayment(world, charge.payment_intent, amount)
  return world.must('charge', charge.id)
}
