import type { PaymentIntentState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { ownerOf } from './owner.ts'

export function reducePaymentIntent(fields: Fields): PaymentIntentState {
  // The embedded list (newest first) gave way to `latest_charge` in 2022-11-15.
  const embedded = fields.list('charges')?.entries[0]
  return {
    status: fields.requiredText('status'),
    customer: ownerOf(fields),
    invoice: fields.id('invoice'),
    latestCharge: fields.id('latest_charge') ?? embedded?.id('id') ?? null,
    amount: fields.integer('amount'),
    amountReceived: fields.integer('amount_received'),
    hasPaymentError: fields.child('last_payment_error').isPresent,
    created: fields.integer('created'),
    metadata: fields.metadata('metadata'),
  }
}
