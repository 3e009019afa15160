import type { InvoicePaymentState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'

export function reduceInvoicePayment(fields: Fields): InvoicePaymentState {
  const payment = fields.child('payment')
  return {
    status: fields.requiredText('status'),
    invoice: fields.id('invoice'),
    paymentIntent: payment.id('payment_intent'),
    charge: payment.id('charge'),
    amountPaid: fields.integer('amount_paid'),
  }
}
