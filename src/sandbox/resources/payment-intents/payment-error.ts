import type { PaymentIntent, PaymentMethod } from '../../tables.ts'
import type { Decline } from '../payment-methods/behaviour.ts'

type PaymentError = NonNullable<PaymentIntent['last_payment_error']>

export function docUrl(code: string): string {
  return `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`
}

/** `last_payment_error` (and `last_setup_error`) for a refusal. */
export function errorFor(
  decline: Decline,
  method: PaymentMethod,
  charge: string | null,
): PaymentError {
  return {
    ...(method.type === 'card' && decline.blocked !== true
      ? { advice_code: 'try_again_later' }
      : {}),
    ...(charge === null ? {} : { charge }),
    code: decline.code as PaymentError['code'] & string,
    ...(decline.declineCode === undefined ? {} : { decline_code: decline.declineCode }),
    doc_url: docUrl(decline.code),
    message: decline.message,
    ...(method.type === 'card' && decline.blocked !== true ? { network_decline_code: '01' } : {}),
    payment_method: method,
    type: method.type === 'card' ? 'card_error' : 'invalid_request_error',
  }
}

/** The customer failed or gave up authenticating. */
export function authenticationFailure(
  method: PaymentMethod,
  intent: 'payment_intent' | 'setup_intent',
): PaymentError {
  const code = `${intent}_authentication_failure` as const
  return {
    code,
    doc_url: docUrl(code),
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.'.replace(
        'PaymentIntent',
        intent === 'payment_intent' ? 'PaymentIntent' : 'SetupIntent',
      ),
    payment_method: method,
    type: 'invalid_request_error',
  }
}

export { declineError } from './decline-error.ts'
