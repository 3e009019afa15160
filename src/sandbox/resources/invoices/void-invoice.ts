import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { adjustBalance } from '../customers/adjust-balance.ts'
import { closeInvoiceIntent, openIntentOf } from './invoice-intent.ts'

/**
 * Voids an open or uncollectible invoice: its payment intent is canceled, and balance that it had
 * used goes back to the customer.
 * @throws {StripeError} where it is a draft, paid, void, or its payment is being processed.
 */
export function voidInvoice(world: World, id: string): Invoice {
  const before = world.must('invoice', id)
  const customerId = before.customer ?? ''
  if (before.status !== 'open' && before.status !== 'uncollectible') {
    throw invalidRequest(
      `You can only pass in open or uncollectible invoices. This invoice is ${before.status ?? 'draft'}.`,
      { code: 'invoice_not_editable' },
    )
  }
  if (openIntentOf(world, id)?.status === 'processing') {
    throw invalidRequest('You cannot void an invoice while a payment for it is processing.')
  }
  world.unschedule(customerId, 'invoice.collect', id)
  world.unschedule(customerId, 'invoice.due', id)
  const voided = world.patch('invoice', id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...before.status_transitions, voided_at: world.now(customerId) },
  })
  world.emit('invoice.voided', voided)
  // stripe-facts row 51: the intent goes after the invoice.
  closeInvoiceIntent(world, id, 'void_invoice')
  const used = (before.ending_balance ?? 0) - before.starting_balance
  if (used !== 0 && world.get('customer', customerId) !== undefined) {
    adjustBalance(world, customerId, {
      amount: -used,
      type: 'unapplied_from_invoice',
      currency: before.currency,
      invoice: id,
    })
  }
  world.signal('invoice.voided', { id })
  return world.must('invoice', id)
}
