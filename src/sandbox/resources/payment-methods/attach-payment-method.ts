import { cardError, invalidRequest, type StripeError } from '../../protocol/stripe-error.ts'
import type { PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeInstrument, instrumentOf } from './instrument.ts'
import { resolvePaymentMethod } from './resolve-payment-method.ts'

/**
 * Makes a payment method the customer's. Attaching it again to the same customer changes nothing.
 * @throws {StripeError} 402 where the issuer refuses the card; 400 where it is another customer's,
 * or was used up.
 */
export function attachPaymentMethod(world: World, id: string, customer: string): PaymentMethod {
  const paymentMethod = resolvePaymentMethod(world, id, 'payment_method')
  if (paymentMethod.customer === customer) return paymentMethod
  if (paymentMethod.customer !== null) {
    throw invalidRequest(
      'The payment method you provided has already been attached to a customer.',
      { code: 'payment_method_unexpected_state' },
    )
  }
  const { behaviour, spent } = instrumentOf(world, paymentMethod)
  if (spent) throw usedUp()
  if (behaviour.attachFails === true && behaviour.decline !== undefined) {
    const { code, declineCode, message } = behaviour.decline
    throw cardError({
      code,
      ...(declineCode === undefined ? {} : { decline_code: declineCode }),
      message,
    })
  }
  const attached = world.patch('payment_method', paymentMethod.id, { customer })
  world.emit('payment_method.attached', attached)
  world.signal('payment_method.attached', { id: attached.id })
  return attached
}

export function usedUp(): StripeError {
  return invalidRequest(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    { code: 'payment_method_unexpected_state' },
  )
}

/**
 * Takes a payment method from its customer, for good (stripe-facts row 99).
 * @throws {StripeError} 400 where it has none.
 */
export function detachPaymentMethod(world: World, id: string): PaymentMethod {
  const paymentMethod = world.must('payment_method', id)
  const { customer } = paymentMethod
  if (customer === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      { code: 'payment_method_unexpected_state' },
    )
  }
  const detached = world.patch('payment_method', id, { customer: null })
  changeInstrument(world, detached, { spent: true })
  // It belonged to the customer, whose clock gives the event its time.
  world.emit('payment_method.detached', detached, { customer })
  forgetDefault(world, customer, id)
  return detached
}

function forgetDefault(world: World, customer: string, id: string): void {
  const owner = world.get('customer', customer)
  if (owner?.invoice_settings.default_payment_method !== id) return
  world.change(
    'customer',
    customer,
    { invoice_settings: { ...owner.invoice_settings, default_payment_method: null } },
    'customer.updated',
  )
}
