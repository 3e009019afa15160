import { cardError, StripeError, type StripeErrorFields } from '../../protocol/stripe-error.ts'
import type { PaymentIntent } from '../../tables.ts'

/**
 * The error an API call answers for an intent's last attempt, with the intent in it: 402 for cards.
 */
export function declineError(intent: PaymentIntent): StripeError {
  const error = intent.last_payment_error
  if (error === null) {
    return cardError(
      {
        code: 'payment_intent_action_required',
        message: 'This payment requires additional user action before it can be completed.',
      },
      { payment_intent: intent },
    )
  }
  const { type, ...fields } = error
  return new StripeError(type === 'card_error' ? 402 : 400, {
    ...(fields as Omit<StripeErrorFields, 'type'>),
    message: error.message ?? 'The payment failed.',
    type: type as StripeErrorFields['type'],
    payment_intent: intent,
  })
}
