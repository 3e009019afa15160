import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { SetupIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { authenticationFailure } from '../payment-intents/payment-error.ts'
import { completeSetup, failSetup } from './attempt-setup.ts'

/**
 * The customer's answer to the issuer (3D Secure).
 * @throws {StripeError} 400 where the intent does not wait for it.
 */
export function completeSetupAuthentication(
  world: World,
  id: string,
  succeed: boolean,
): SetupIntent {
  const intent = world.must('setup_intent', id)
  const method = world.get('payment_method', intent.payment_method)
  const action = intent.next_action?.type
  const waits = action === 'redirect_to_url' || action === 'use_stripe_sdk'
  if (intent.status !== 'requires_action' || !waits || method === undefined) {
    throw invalidRequest(
      `This SetupIntent does not wait for an authentication: its status is ${intent.status}.`,
      { code: 'setup_intent_unexpected_state' },
    )
  }
  return succeed
    ? completeSetup(world, intent, method)
    : failSetup(world, intent, authenticationFailure(method, 'setup_intent'))
}
