import { mergeMetadata } from '../../protocol/parameters.ts'
import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { draftInvoice } from '../invoices/draft-invoice.ts'
import { finalizeInvoice } from '../invoices/finalize-invoice.ts'

/**
 * The invoice of a payment-mode session with `invoice_creation`: made after the session's own event,
 * and paid by the intent that has the money (stripe-facts row 30).
 */
export function makeInvoice(
  world: World,
  id: string,
  paymentIntent: string | null,
): CheckoutSession {
  const session = world.must('checkout.session', id)
  const customer = session.customer ?? ''
  const { lines, discounts } = world.must('~checkout', id)
  const now = world.now(customer)
  const data = session.invoice_creation?.invoice_data
  const invoice = draftInvoice(world, {
    customer,
    currency: session.currency ?? 'usd',
    billingReason: 'manual',
    collectionMethod: 'charge_automatically',
    autoAdvance: false,
    lines: lines.map(({ item, taxRates }) => ({
      description: item.description,
      price: item.price?.id ?? null,
      quantity: item.quantity,
      amount: item.amount_subtotal,
      period: { start: now, end: now },
      taxRates,
      metadata: item.metadata,
    })),
    includePendingItems: false,
    periodStart: now,
    periodEnd: now,
    discounts,
    description: data?.description ?? null,
    footer: data?.footer ?? null,
    customFields: data?.custom_fields ?? null,
    metadata: mergeMetadata({}, data?.metadata),
  })
  const completed = world.patch('checkout.session', id, { invoice: invoice.id })
  finalizeInvoice(world, invoice.id, paymentIntent === null ? {} : { paymentIntent })
  return completed
}
