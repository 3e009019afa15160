import type { DisputeState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'

export function reduceDispute(fields: Fields): DisputeState {
  return {
    status: fields.requiredText('status'),
    charge: fields.id('charge'),
    paymentIntent: fields.id('payment_intent'),
    amount: fields.requiredInteger('amount'),
    reason: fields.text('reason'),
    created: fields.integer('created'),
  }
}
