import type { PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** Codes after which a bank refuses every further attempt with the same method. */
const FOR_GOOD = new Set([
  'incorrect_number',
  'lost_card',
  'pickup_card',
  'stolen_card',
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'authentication_required',
  'highest_risk_level',
  'transaction_not_allowed',
  'debit_not_authorized',
  'account_closed',
])

/** Whether trying the same payment method again cannot help ("non-retryable return code", SDK). */
export function isForGood(intent: PaymentIntent): boolean {
  const error = intent.last_payment_error
  return [error?.decline_code, error?.code].some((code) => code !== undefined && FOR_GOOD.has(code))
}

/** Whether the last attempt was a debit that takes days. */
export function isBankDebit(world: World, intent: PaymentIntent): boolean {
  const method = intent.last_payment_error?.payment_method?.id ?? intent.payment_method
  const type = world.get('payment_method', method)?.type ?? 'card'
  return type.endsWith('_debit') || type === 'us_bank_account' || type === 'nz_bank_account'
}
