import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { addInvoicePayment } from '../invoice-payments/add-invoice-payment.ts'
import { openPaymentOf } from './invoice-intent.ts'
import { paymentSettled } from './payment-settled.ts'

/**
 * Joins a payment intent to an open invoice: what it has taken or takes later pays for the invoice
 * (stripe-facts row 86). It becomes the invoice's own where there is none.
 * @throws {StripeError} where the invoice is not open, or the intent belongs to one or is canceled.
 */
export function attachPayment(world: World, id: string, paymentIntent: string): Invoice {
  const invoice = world.must('invoice', id)
  const intent = world.must('payment_intent', paymentIntent)
  if (invoice.status !== 'open') {
    throw invalidRequest('You can only attach payments to open invoices.', { param: 'invoice' })
  }
  if (world.where('invoice_payment', 'payment_intent', intent.id).length > 0) {
    throw invalidRequest('This PaymentIntent is already attached to an invoice.', {
      param: 'payment_intent',
    })
  }
  if (intent.status === 'canceled') {
    throw invalidRequest('A canceled PaymentIntent cannot be attached to an invoice.', {
      param: 'payment_intent',
    })
  }
  addInvoicePayment(world, {
    invoice: id,
    amount: intent.amount,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    isDefault: openPaymentOf(world, id) === undefined,
  })
  if (intent.status === 'succeeded') {
    paymentSettled(world, { id: intent.id, outcome: 'succeeded' })
  } else if (intent.status === 'processing') {
    paymentSettled(world, { id: intent.id, outcome: 'processing' })
  }
  return world.must('invoice', id)
}
