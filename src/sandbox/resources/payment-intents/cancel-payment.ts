import { StripeError } from '../../protocol/stripe-error.ts'
import type { PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { instrumentOf } from '../payment-methods/instrument.ts'
import { releaseCharge } from '../refunds/release-charge.ts'
import { docUrl } from './payment-error.ts'

const CANCELABLE = [
  'requires_payment_method',
  'requires_capture',
  'requires_reauthorization',
  'requires_confirmation',
  'requires_action',
  'processing',
]

/**
 * Ends an intent that has not succeeded; what was held is let go.
 * @throws {StripeError} 400 where it has ended, or a bank is at work on it.
 */
export function cancelPayment(world: World, id: string, reason: string | null): PaymentIntent {
  const intent = world.must('payment_intent', id)
  if (!CANCELABLE.includes(intent.status) || isWithTheBank(world, intent)) {
    throw unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
    )
  }
  return endPayment(world, intent, reason as PaymentIntent['cancellation_reason'])
}

/** Job `payment_intent.expire_authorization`: nobody captured in time (stripe-facts row 31). */
export function expireAuthorization(world: World, id: string): void {
  const intent = world.get('payment_intent', id)
  if (intent?.status !== 'requires_capture') return
  endPayment(world, intent, 'automatic')
}

function endPayment(
  world: World,
  intent: PaymentIntent,
  reason: PaymentIntent['cancellation_reason'],
): PaymentIntent {
  const canceled = world.patch('payment_intent', intent.id, {
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: world.now(intent.customer),
    cancellation_reason: reason,
    next_action: null,
  })
  world.unschedule(intent.customer, 'payment_intent.expire_authorization', intent.id)
  world.unschedule(intent.customer, 'payment_intent.settle_debit', intent.id)
  if (intent.status === 'requires_capture' && intent.latest_charge !== null) {
    releaseCharge(world, intent.latest_charge, reason === 'automatic')
  }
  if (intent.status === 'processing' && intent.latest_charge !== null) {
    const charge = world.patch('charge', intent.latest_charge, {
      status: 'failed',
      captured: false,
      failure_code: 'canceled',
      failure_message: 'The payment was canceled.',
    })
    world.emit('charge.failed', charge)
  }
  world.emit('payment_intent.canceled', canceled)
  world.signal('payment_intent.settled', { id: intent.id, outcome: 'canceled' })
  return world.must('payment_intent', intent.id)
}

/** Only the test account that stays processing for ever can be canceled there. */
function isWithTheBank(world: World, intent: PaymentIntent): boolean {
  if (intent.status !== 'processing') return false
  const method = world.get('payment_method', intent.payment_method)
  return method !== undefined && instrumentOf(world, method).behaviour.settles !== 'never'
}

export function unexpectedState(intent: PaymentIntent, message: string): StripeError {
  const code = 'payment_intent_unexpected_state'
  return new StripeError(400, {
    type: 'invalid_request_error',
    code,
    doc_url: docUrl(code),
    message,
    payment_intent: intent,
  })
}
