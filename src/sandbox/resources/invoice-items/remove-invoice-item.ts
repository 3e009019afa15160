import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice, InvoiceItem, InvoiceLineItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { itemOf } from '../invoices/edit-lines.ts'
import { refreshDraft } from '../invoices/refresh-draft.ts'

/**
 * Deletes an invoice item, with its line where it stands on a draft: `invoiceitem.deleted`.
 * @throws {StripeError} where it is part of an invoice that is final.
 */
export function removeInvoiceItem(world: World, id: string): void {
  const item = world.must('invoiceitem', id)
  const invoice = editableInvoiceOf(world, item)
  const line = lineOn(world, item)
  if (line !== undefined) {
    world.remove('line_item', line.id)
    world.remove('~invoice_line', line.id)
  }
  world.remove('invoiceitem', id)
  world.emit('invoiceitem.deleted', item)
  if (invoice !== undefined) refreshDraft(world, invoice.id)
}

/**
 * The draft an item stands on, if any.
 * @throws {StripeError} `invoice_not_editable` where the invoice is final.
 */
export function editableInvoiceOf(world: World, item: InvoiceItem): Invoice | undefined {
  const invoice = world.get('invoice', item.invoice)
  if (invoice === undefined || invoice.status === 'draft') return invoice
  throw invalidRequest(
    'You can only change invoice items that are not attached to an invoice, or are attached to a draft.',
    { code: 'invoice_not_editable' },
  )
}

/** The line of an invoice item on its invoice. */
export function lineOn(world: World, item: InvoiceItem): InvoiceLineItem | undefined {
  if (item.invoice === null) return undefined
  return world.where('line_item', 'invoice', item.invoice).find((line) => itemOf(line) === item.id)
}
