import type { BoughtPrice, CheckoutSessionState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { boughtPrice } from './bought-price.ts'
import { ownerOf } from './owner.ts'

export function reduceCheckoutSession(fields: Fields): CheckoutSessionState {
  return {
    mode: fields.text('mode'),
    status: fields.text('status'),
    paymentStatus: fields.text('payment_status'),
    customer: ownerOf(fields),
    subscription: fields.id('subscription'),
    invoice: fields.id('invoice'),
    paymentIntent: fields.id('payment_intent'),
    setupIntent: fields.id('setup_intent'),
    clientReferenceId: fields.text('client_reference_id'),
    paymentLink: fields.id('payment_link'),
    metadata: fields.metadata('metadata'),
    amountTotal: fields.integer('amount_total'),
    created: fields.integer('created'),
    lineItems: lineItems(fields),
  }
}

/** Never in a webhook; a part of the list would be mistaken for the whole, so it counts as unknown. */
function lineItems(fields: Fields): BoughtPrice[] | null {
  const list = fields.list('line_items')
  if (list === null || list.hasMore) return null
  return list.entries.map(boughtPrice)
}
