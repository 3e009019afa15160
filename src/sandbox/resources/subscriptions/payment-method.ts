import { invalidRequest, StripeError } from '../../protocol/stripe-error.ts'
import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { defaultPaymentMethod } from '../payment-methods/default-payment-method.ts'
import { resolvePaymentMethod } from '../payment-methods/resolve-payment-method.ts'

type Payer = Pick<Subscription, 'customer' | 'default_payment_method' | 'default_source'>

/** What a subscription is paid by: its own method, else its customer's (stripe-facts row 15), or null. */
export function paymentMethodOf(world: World, payer: Payer): string | null {
  return (
    payer.default_payment_method ??
    payer.default_source ??
    defaultPaymentMethod(world, payer.customer)
  )
}

/** @throws {StripeError} 400 where the method is missing or another customer's. */
export function ownPaymentMethod(world: World, id: string, customer: string): string {
  const method = resolvePaymentMethod(world, id, 'default_payment_method')
  if (method.customer !== customer) {
    throw new StripeError(400, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      param: 'default_payment_method',
    })
  }
  return method.id
}

/** @throws {StripeError} 400 where there is nothing to charge. */
export function requirePaymentMethod(world: World, payer: Payer): void {
  if (paymentMethodOf(world, payer) !== null) return
  throw invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  )
}
