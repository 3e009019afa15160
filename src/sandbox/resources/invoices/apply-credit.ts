import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { closeInvoiceIntent, openIntentOf, openInvoiceIntent } from './invoice-intent.ts'

/**
 * What a credit note does to its invoice: `before` lowers what is due and remains, `after` is only
 * counted; both in minor units, negative where a credit note is voided. An invoice of which nothing
 * remains is paid.
 */
export function applyCredit(
  world: World,
  id: string,
  { before, after }: { readonly before: number; readonly after: number },
): void {
  const invoice = world.must('invoice', id)
  const customerId = invoice.customer ?? ''
  const remaining = invoice.amount_remaining - before
  const isPaid = remaining === 0 && invoice.status === 'open'
  const fields: Partial<Invoice> = {
    amount_due: invoice.amount_due - before,
    amount_remaining: remaining,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + after,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + before,
    ...(isPaid
      ? {
          attempted: true,
          auto_advance: false,
          next_payment_attempt: null,
          status: 'paid',
          status_transitions: { ...invoice.status_transitions, paid_at: world.now(customerId) },
        }
      : {}),
  }
  world.change('invoice', id, fields, 'invoice.updated')
  if (!isPaid) {
    const intent = openIntentOf(world, id)
    if (intent !== undefined && intent.status !== 'processing' && remaining > 0) {
      openInvoiceIntent(world, id)
    }
    return
  }
  world.unschedule(customerId, 'invoice.collect', id)
  world.unschedule(customerId, 'invoice.due', id)
  world.emit('invoice.paid', world.must('invoice', id))
  closeInvoiceIntent(world, id, null)
  if (world.get('customer', customerId)?.delinquent === true) {
    changeCustomer(world, customerId, { delinquent: false })
  }
  world.signal('invoice.paid', { id })
}
