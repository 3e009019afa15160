import type { InvoicePayment } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** Joins a payment to an invoice: open until the money is there. */
export function addInvoicePayment(
  world: World,
  input: {
    readonly invoice: string
    /** Minor units that it is to pay. */
    readonly amount: number
    readonly payment: InvoicePayment['payment']
    /** Whether it is the one that Stripe made for the invoice. */
    readonly isDefault: boolean
  },
): InvoicePayment {
  const invoice = world.must('invoice', input.invoice)
  return world.insert('invoice_payment', {
    id: world.id('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: input.amount,
    created: world.now(invoice.customer),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: input.isDefault,
    livemode: false,
    payment: input.payment,
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
}
