import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'

/**
 * Deletes a draft; the pending items it had taken in wait for another invoice again.
 * @throws {StripeError} where it is no draft, or bills a subscription.
 */
export function deleteInvoice(world: World, id: string): void {
  const invoice = world.must('invoice', id)
  if (invoice.status !== 'draft') {
    throw invalidRequest('You can only delete draft invoices.', { code: 'invoice_not_editable' })
  }
  if (invoice.parent?.type === 'subscription_details') {
    throw invalidRequest("You can't delete a subscription invoice: void it once it is finalized.", {
      code: 'invoice_not_editable',
    })
  }
  world.unschedule(invoice.customer, 'invoice.finalize', id)
  for (const item of world.where('invoiceitem', 'invoice', id)) {
    world.patch('invoiceitem', item.id, { invoice: null })
  }
  for (const line of world.where('line_item', 'invoice', id)) {
    world.remove('line_item', line.id)
    world.remove('~invoice_line', line.id)
  }
  world.emit('invoice.deleted', invoice)
  world.remove('invoice', id)
}
