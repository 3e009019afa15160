import type { RefundState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'

export function reduceRefund(fields: Fields): RefundState {
  return {
    // Refunds had no status before 2015: one that existed had been made.
    status: fields.has('status') ? fields.requiredText('status') : 'succeeded',
    charge: fields.id('charge'),
    paymentIntent: fields.id('payment_intent'),
    amount: fields.requiredInteger('amount'),
    created: fields.integer('created'),
  }
}
