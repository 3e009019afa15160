import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { adjustBalance } from '../customers/adjust-balance.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { spendDiscount } from '../customers/customer-discount.ts'
import { attachPayment } from './attach-payment.ts'
import { openInvoiceIntent } from './invoice-intent.ts'
import { addresseeOf, automaticTax, balanceFor } from './invoice-parts.ts'
import { dueOf } from './due-of.ts'
import { takeLatestUsage } from './latest-usage.ts'
import { useCredits } from './use-credits.ts'

/**
 * Makes a draft final: number, customer balance, payment intent; emits `invoice.finalized`. What
 * comes to nothing is paid at once (stripe-facts §6.1: "$0 invoices go draft→paid"). Where it cannot
 * be finalised it stays a draft with `last_finalization_error` (stripe-facts row 48).
 * `collectAt`: Unix seconds at which collection by itself follows. `paymentIntent`: the intent that
 * has paid it already or is about to, as Checkout's (stripe-facts rows 1 and 21), instead of its own.
 * @throws {StripeError} where it is no draft, or its customer is gone.
 */
export function finalizeInvoice(
  world: World,
  id: string,
  {
    collectAt,
    paymentIntent,
  }: { readonly collectAt?: number; readonly paymentIntent?: string } = {},
): Invoice {
  if (world.must('invoice', id).status === 'draft') takeLatestUsage(world, id)
  const draft = world.must('invoice', id)
  if (draft.status !== 'draft') {
    throw invalidRequest(
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
      { code: 'invoice_not_editable' },
    )
  }
  const customerId = draft.customer ?? ''
  const customer = inParameter(world, 'customer', customerId, 'customer')
  world.unschedule(customerId, 'invoice.finalize', id)
  const tax = automaticTax(draft.automatic_tax.enabled, customer)
  if (tax.status === 'requires_location_inputs') return refuse(world, draft, tax)
  const now = world.now(customerId)
  const { total } = useCredits(world, draft)
  // Where Checkout has taken the whole, the customer's balance is left for the next bill.
  const taken =
    paymentIntent === undefined ? null : world.must('payment_intent', paymentIntent).amount
  const balance = taken === total ? 0 : balanceFor(customer, draft.currency)
  const { due, endingBalance, reason } = dueOf(total, balance, draft.currency)
  const isPaid = due === 0
  const sequence = customer.next_invoice_sequence ?? 1
  const token = `${id.slice(3)}${world.random.text(20)}`
  world.patch('~invoice_collection', id, { finalized_by: world.cause.id })
  world.patch('invoice', id, {
    ...addresseeOf(customer),
    amount_due: due,
    amount_remaining: due,
    attempted: isPaid,
    auto_advance: !isPaid && draft.auto_advance === true,
    automatic_tax: tax,
    automatically_finalizes_at: null,
    effective_at: draft.effective_at ?? now,
    ending_balance: endingBalance,
    hosted_invoice_url: `https://invoice.stripe.com/i/acct_sandbox/test_${token}?s=ap`,
    invoice_pdf: `https://pay.stripe.com/invoice/acct_sandbox/test_${token}/pdf?s=ap`,
    last_finalization_error: null,
    next_payment_attempt:
      isPaid || draft.collection_method === 'send_invoice' ? null : (collectAt ?? null),
    number:
      draft.number ?? `${customer.invoice_prefix ?? 'INV'}-${String(sequence).padStart(4, '0')}`,
    starting_balance: balance,
    status: isPaid ? 'paid' : 'open',
    status_transitions: {
      ...draft.status_transitions,
      finalized_at: now,
      paid_at: isPaid ? now : null,
    },
  })
  // In every capture an invoice comes with customer.updated (stripe-facts L1 to L5).
  changeCustomer(world, customerId, {
    next_invoice_sequence: sequence + 1,
    balance: customer.balance + endingBalance - balance,
  })
  if (endingBalance !== balance) {
    adjustBalance(world, customerId, {
      amount: endingBalance - balance,
      type: reason,
      currency: draft.currency,
      invoice: id,
      silent: true,
    })
  }
  world.emit('invoice.finalized', world.must('invoice', id))
  spendDiscount(world, customerId, draft.discounts as readonly string[])
  if (!isPaid) {
    if (paymentIntent === undefined) openInvoiceIntent(world, id)
    if (draft.due_date !== null) {
      world.schedule(customerId, { at: draft.due_date, name: 'invoice.due', id })
    }
  }
  world.signal('invoice.finalized', { id })
  if (!isPaid && paymentIntent !== undefined) attachPayment(world, id, paymentIntent)
  if (isPaid) {
    world.emit('invoice.paid', world.must('invoice', id))
    world.emit('invoice.payment_succeeded', world.must('invoice', id))
    world.signal('invoice.paid', { id })
  } else if (collectAt !== undefined && world.must('invoice', id).status === 'open') {
    world.schedule(customerId, { at: collectAt, name: 'invoice.collect', id })
  }
  return world.must('invoice', id)
}

function refuse(world: World, draft: Invoice, tax: Invoice['automatic_tax']): Invoice {
  const failed = world.patch('invoice', draft.id, {
    auto_advance: false,
    automatic_tax: { ...tax, disabled_reason: null, status: 'requires_location_inputs' },
    automatically_finalizes_at: null,
    last_finalization_error: {
      code: 'customer_tax_location_invalid',
      message:
        "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
      type: 'invalid_request_error',
    },
    next_payment_attempt: null,
  })
  world.emit('invoice.finalization_failed', failed)
  return failed
}
