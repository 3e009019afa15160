import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { finalizeInvoice } from './finalize-invoice.ts'

/**
 * Sends an invoice to its customer, finalising a draft first: `invoice.sent`, and no mail.
 * @throws {StripeError} where it is void, or is charged automatically.
 */
export function sendInvoice(world: World, id: string): Invoice {
  const before = world.must('invoice', id)
  if (before.collection_method !== 'send_invoice') {
    throw invalidRequest(
      "You can only manually send an invoice if its collection method is 'send_invoice'.",
    )
  }
  if (before.status === 'void') throw invalidRequest('You cannot send a void invoice.')
  if (before.status === 'draft' && finalizeInvoice(world, id).status === 'draft') {
    return world.must('invoice', id)
  }
  world.emit('invoice.sent', world.must('invoice', id))
  return world.must('invoice', id)
}
