import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PaymentIntent } from '../../tables.ts'
import { money } from '../refunds/money.ts'
import { unexpectedState } from './cancel-payment.ts'

/** Stripe's minimum, about half a US dollar, in minor units. */
const MINIMUM: Readonly<Record<string, number>> = {
  usd: 50,
  eur: 50,
  gbp: 30,
  jpy: 50,
  chf: 50,
  cad: 50,
  aud: 50,
}

/** @throws {StripeError} 400 where Stripe takes no payment of that amount. */
export function refuseAmount(amount: number, currency: string): void {
  const least = MINIMUM[currency] ?? 1
  if (amount < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  }
  if (amount < least) {
    throw invalidRequest(`Amount must be at least ${money(least, currency)} ${currency}`, {
      code: 'amount_too_small',
      param: 'amount',
    })
  }
  if (amount > 99_999_999 && currency !== 'jpy') {
    throw invalidRequest(`Amount must be no more than ${money(99_999_999, currency)}`, {
      code: 'amount_too_large',
      param: 'amount',
    })
  }
}

/** @throws {StripeError} 400 where an intent is past changing. */
export function refuseUpdate(intent: PaymentIntent, field: string): void {
  const open = ['requires_payment_method', 'requires_confirmation', 'requires_action']
  if (open.includes(intent.status)) return
  throw unexpectedState(
    intent,
    `This PaymentIntent's ${field} could not be updated because it has a status of ${intent.status}. You may only update the ${field} of a PaymentIntent with one of the following statuses: ${open.join(', ')}.`,
  )
}

/** @throws {StripeError} 400 where an intent cannot be confirmed, or has nothing to pay with. */
export function refuseConfirm(intent: PaymentIntent, hasMethod: boolean): void {
  if (intent.status === 'succeeded') {
    throw unexpectedState(
      intent,
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    )
  }
  const open = ['requires_payment_method', 'requires_confirmation', 'requires_action']
  if (!open.includes(intent.status)) {
    throw unexpectedState(
      intent,
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`,
    )
  }
  if (!hasMethod) {
    throw unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    )
  }
}
