import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { CheckoutSession, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { resolvePaymentMethod } from '../payment-methods/resolve-payment-method.ts'

/**
 * The payment method an id or test token stands for.
 * @throws {StripeError} where there is none, or the session does not take its kind.
 */
export function methodFor(
  world: World,
  session: CheckoutSession,
  idOrToken: string,
): PaymentMethod {
  const method = resolvePaymentMethod(world, idOrToken, 'payment_method')
  if (!session.payment_method_types.includes(method.type)) {
    throw invalidRequest(
      `The payment method type "${method.type}" is not allowed on this Checkout Session: it takes ${session.payment_method_types.join(', ')}.`,
      { param: 'payment_method' },
    )
  }
  return method
}
