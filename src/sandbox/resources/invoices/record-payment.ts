import type { Invoice, InvoicePayment } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { adjustBalance } from '../customers/adjust-balance.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { countedAttempt } from './counted-attempt.ts'
import { closeInvoiceIntent } from './invoice-intent.ts'

/**
 * Money arrived for an invoice. It is paid once nothing remains; before that a payment is only
 * `invoice_payment.paid` (stripe-facts row 86). Emits in the order of row 40: `invoice.updated`,
 * `.paid`, `.payment_succeeded` (not where it was paid elsewhere: row 85), `invoice_payment.paid`.
 */
export function recordPayment(world: World, payment: InvoicePayment, amount: number): Invoice {
  const id = payment.invoice
  const before = world.must('invoice', id)
  const customerId = before.customer ?? ''
  const now = world.now(customerId)
  const isElsewhere = payment.payment.type === 'payment_record'
  const paid = before.amount_paid + amount
  const remaining = Math.max(0, before.amount_due - paid)
  const wasPaid = before.status === 'paid'
  const isPaid = remaining === 0 && !wasPaid && before.status !== 'void'
  const settled = world.patch('invoice_payment', payment.id, {
    amount_paid: amount,
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: now },
  })
  const fields: Partial<Invoice> = {
    amount_overpaid: Math.max(0, paid - before.amount_due),
    amount_paid: paid,
    amount_remaining: remaining,
    ...(isElsewhere
      ? { amount_paid_off_stripe: (before.amount_paid_off_stripe ?? 0) + amount }
      : countedAttempt(world, before)),
    attempted: true,
    ...(isPaid
      ? {
          auto_advance: false,
          next_payment_attempt: null,
          status: 'paid',
          status_transitions: { ...before.status_transitions, paid_at: now },
        }
      : {}),
  }
  if (isFresh(world, before)) world.patch('invoice', id, fields)
  else world.change('invoice', id, fields, 'invoice.updated')
  if (isPaid) {
    world.unschedule(customerId, 'invoice.collect', id)
    world.unschedule(customerId, 'invoice.due', id)
    world.emit('invoice.paid', world.must('invoice', id))
    if (!isElsewhere) world.emit('invoice.payment_succeeded', world.must('invoice', id))
  }
  world.emit('invoice_payment.paid', settled)
  if (isPaid) {
    closeInvoiceIntent(world, id, null)
    if (world.get('customer', customerId)?.delinquent === true) {
      changeCustomer(world, customerId, { delinquent: false })
    }
  }
  creditOverpayment(world, before, world.must('invoice', id))
  if (isPaid) world.signal('invoice.paid', { id })
  return world.must('invoice', id)
}

/** "The amount overpaid is credited to the customer's credit balance" (SDK). */
function creditOverpayment(world: World, before: Invoice, after: Invoice): void {
  const more = after.amount_overpaid - before.amount_overpaid
  if (more <= 0 || after.customer === null) return
  world.emit('invoice.overpaid', after)
  if (world.get('customer', after.customer) === undefined) return
  adjustBalance(world, after.customer, {
    amount: -more,
    type: 'invoice_overpaid',
    currency: after.currency,
    invoice: after.id,
  })
}

/** Finalised by the same API call: nobody has seen it open, and no `invoice.updated` is due (L1, L5). */
function isFresh(world: World, invoice: Invoice): boolean {
  const by = world.get('~invoice_collection', invoice.id)?.finalized_by ?? null
  return by !== null && by === world.cause.id
}
