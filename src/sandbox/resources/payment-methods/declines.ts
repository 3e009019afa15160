import type { Decline } from './behaviour.ts'

const DECLINED = 'Your card was declined.'

/** Refusals in Stripe's words. */
export const DECLINES = {
  generic: { code: 'card_declined', declineCode: 'generic_decline', message: DECLINED },
  insufficientFunds: {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  lost: { code: 'card_declined', declineCode: 'lost_card', message: DECLINED },
  stolen: { code: 'card_declined', declineCode: 'stolen_card', message: DECLINED },
  expired: {
    code: 'expired_card',
    declineCode: 'expired_card',
    message: 'Your card has expired.',
  },
  incorrectCvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
  },
  processingError: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
  velocity: {
    code: 'card_declined',
    declineCode: 'card_velocity_exceeded',
    message:
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  },
  blocked: {
    code: 'card_declined',
    declineCode: 'fraudulent',
    message: DECLINED,
    blocked: true,
  },
  authenticationRequired: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
  bankFailed: {
    code: 'payment_intent_payment_attempt_failed',
    declineCode: 'generic_could_not_process',
    message: 'The payment failed.',
  },
  bankInsufficientFunds: {
    code: 'insufficient_funds',
    declineCode: 'insufficient_funds',
    message: "The customer's account has insufficient funds to cover this payment.",
  },
  debitNotAuthorized: {
    code: 'debit_not_authorized',
    declineCode: 'debit_not_authorized',
    message:
      'The customer has notified their bank that this payment was unauthorized or there is no mandate held by the paying bank.',
  },
  accountClosed: {
    code: 'bank_account_unusable',
    declineCode: 'account_closed',
    message: 'The bank account has been closed.',
  },
  noAccount: {
    code: 'no_account',
    declineCode: 'no_account',
    message: "The customer's bank account could not be located.",
  },
  invalidCurrency: {
    code: 'payment_method_currency_mismatch',
    declineCode: 'invalid_currency',
    message: 'The bank was unable to process this transaction because of its currency.',
  },
  sourceLimit: {
    code: 'charge_exceeds_source_limit',
    declineCode: 'charge_exceeds_source_limit',
    message: "The payment exceeds the account's weekly payment volume limit.",
  },
  weeklyLimit: {
    code: 'charge_exceeds_transaction_limit',
    declineCode: 'charge_exceeds_weekly_limit',
    message: "The payment exceeds the account's transaction volume limit.",
  },
  transactionLimit: {
    code: 'charge_exceeds_transaction_limit',
    declineCode: 'charge_exceeds_transaction_limit',
    message: "The payment exceeds the account's transaction volume limit.",
  },
} as const satisfies Record<string, Decline>
