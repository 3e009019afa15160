import type { World } from '../../world/world.ts'
import { addInvoicePayment } from '../invoice-payments/add-invoice-payment.ts'
import { finalizeInvoice } from '../invoices/finalize-invoice.ts'
import { recordPayment } from '../invoices/record-payment.ts'

/**
 * Finalises a draft that a payment intent has paid already, or is about to: Checkout takes the money
 * before there is an invoice (stripe-facts rows 1 and 21).
 */
export function payWith(world: World, invoice: string, paymentIntent: string): void {
  const intent = world.must('payment_intent', paymentIntent)
  const payment = addInvoicePayment(world, {
    invoice,
    amount: world.must('invoice', invoice).amount_due,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    // As the invoice's own: finalising finds it and makes no other.
    isDefault: true,
  })
  finalizeInvoice(world, invoice)
  if (intent.status === 'succeeded') recordPayment(world, payment, intent.amount_received)
  else if (intent.status === 'processing') {
    world.patch('invoice', invoice, { attempted: true, attempt_count: 1 })
  }
}
