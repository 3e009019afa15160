import { StripeError, type StripeErrorFields } from '../../protocol/stripe-error.ts'
import type { SetupIntent } from '../../tables.ts'

/** The error an API call answers for an intent's last attempt, with the intent in it. */
export function setupDeclineError(intent: SetupIntent): StripeError {
  const { type, ...fields } = intent.last_setup_error ?? { type: 'card_error' as const }
  return new StripeError(type === 'card_error' ? 402 : 400, {
    ...(fields as Omit<StripeErrorFields, 'type'>),
    message: intent.last_setup_error?.message ?? 'The setup failed.',
    type: type as StripeErrorFields['type'],
    setup_intent: intent,
  })
}
