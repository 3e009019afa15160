import type { ChargeState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { ownerOf } from './owner.ts'

export function reduceCharge(fields: Fields): ChargeState {
  const status = chargeStatus(fields)
  return {
    status,
    customer: ownerOf(fields),
    invoice: fields.id('invoice'),
    paymentIntent: fields.id('payment_intent'),
    amount: fields.requiredInteger('amount'),
    amountRefunded: fields.integer('amount_refunded') ?? 0,
    isRefunded: fields.flag('refunded') ?? false,
    // Before `disputed` the charge only named its dispute.
    isDisputed: fields.flag('disputed') ?? fields.has('dispute'),
    isCaptured: fields.flag('captured') ?? status === 'succeeded',
    created: fields.integer('created'),
  }
}

/** Charges of 2014 and before said `paid` as a status or only as a boolean. */
function chargeStatus(fields: Fields): string {
  const status = fields.text('status')
  if (status !== null || fields.has('status'))
    return status === 'paid' ? 'succeeded' : (status ?? '')
  const paid = fields.flag('paid')
  if (paid === null) return fields.requiredText('status')
  return paid ? 'succeeded' : 'failed'
}
