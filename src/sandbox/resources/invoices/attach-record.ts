import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { addInvoicePayment } from '../invoice-payments/add-invoice-payment.ts'
import { recordPayment } from './record-payment.ts'

/**
 * Pays for an open invoice with what another processor took (stripe-facts rows 49 and 86).
 * @throws {StripeError} 400 where the invoice is not open, or the record is used or of no money.
 */
export function attachRecord(world: World, id: string, recordId: string): Invoice {
  const invoice = world.must('invoice', id)
  const { amount_guaranteed: amount } = world.must('payment_record', recordId)
  const param = 'payment_record'
  if (invoice.status !== 'open') {
    throw invalidRequest('You can only attach payments to open invoices.', { param: 'invoice' })
  }
  if (amount.value === 0 || amount.currency !== invoice.currency) {
    throw invalidRequest(
      `Only a guaranteed payment in ${invoice.currency} can be attached to this invoice here.`,
      { param },
    )
  }
  const isUsed = [...world.table('invoice_payment').values()].some(
    ({ payment }) => payment.payment_record === recordId,
  )
  if (isUsed) {
    throw invalidRequest('This PaymentRecord is already attached to an invoice.', { param })
  }
  const payment = addInvoicePayment(world, {
    invoice: id,
    amount: amount.value,
    payment: { payment_record: recordId, type: 'payment_record' },
    isDefault: false,
  })
  return recordPayment(world, payment, amount.value)
}
