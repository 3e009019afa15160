import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { attemptOf, changeAttempt } from './attempt-record.ts'
import { failPayment } from './decline-payment.ts'
import { authenticationFailure } from './payment-error.ts'
import { takePayment } from './take-payment.ts'

/**
 * The customer's answer to the issuer (3D Secure). With `confirmation_method` manual the server then
 * confirms once more.
 * @throws {StripeError} 400 where the intent does not wait for it.
 */
export function completeAuthentication(world: World, id: string, succeed: boolean): PaymentIntent {
  const intent = world.must('payment_intent', id)
  const method = world.get('payment_method', intent.payment_method)
  if (!isAuthenticating(intent) || method === undefined) {
    throw invalidRequest(
      `This PaymentIntent does not wait for an authentication: its status is ${intent.status}.`,
      { code: 'payment_intent_unexpected_state' },
    )
  }
  if (!succeed) {
    const error = authenticationFailure(method, 'payment_intent')
    return failPayment(world, intent, { error, charge: null })
  }
  if (intent.confirmation_method === 'manual' && !attemptOf(world, id).offSession) {
    changeAttempt(world, id, { authenticated: true })
    return world.patch('payment_intent', id, {
      status: 'requires_confirmation',
      next_action: null,
    })
  }
  return takePayment(world, intent, method, 'challenge')
}

function isAuthenticating({ status, next_action: action }: PaymentIntent): boolean {
  return (
    status === 'requires_action' &&
    (action?.type === 'redirect_to_url' || action?.type === 'use_stripe_sdk')
  )
}
