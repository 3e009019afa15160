import { StripeError } from '../../protocol/stripe-error.ts'
import type { SetupIntent } from '../../tables.ts'
import { docUrl } from '../payment-intents/payment-error.ts'

const OPEN = ['requires_payment_method', 'requires_confirmation', 'requires_action']

export function unexpectedState(intent: SetupIntent, message: string): StripeError {
  const code = 'setup_intent_unexpected_state'
  return new StripeError(400, {
    type: 'invalid_request_error',
    code,
    doc_url: docUrl(code),
    message,
    setup_intent: intent,
  })
}

/** @throws {StripeError} 400 where the intent has ended. `verb` is what was to be done to it. */
export function refuseEnded(intent: SetupIntent, verb: 'confirm' | 'cancel' | 'update'): void {
  if (OPEN.includes(intent.status)) return
  const done = { confirm: 'confirmed', cancel: 'canceled', update: 'updated' }[verb]
  throw unexpectedState(
    intent,
    intent.status === 'succeeded' && verb === 'confirm'
      ? 'You cannot confirm this SetupIntent because it has already succeeded.'
      : `You cannot ${verb} this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be ${done}: ${OPEN.join(', ')}.`,
  )
}
