import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { lineOfItem, pendingItemsFor } from '../invoice-items/pending-items.ts'
import { composeInvoice } from './compose-invoice.ts'
import type { InvoiceDraft } from './invoice-draft.ts'

/**
 * Makes a draft invoice and emits `invoice.created`. With `autoAdvance` it finalises itself later
 * (stripe-facts row 40: about an hour).
 */
export function draftInvoice(world: World, draft: InvoiceDraft): Invoice {
  const id = draft.id ?? world.id('in')
  const items = draft.includePendingItems
    ? pendingItemsFor(world, draft.customer, draft.currency, draft.subscription?.id)
    : []
  const { invoice, lines, discounts } = composeInvoice(world, id, draft, [
    // Newest pending items first, then the subscription's own lines (as the SDK documents `lines`).
    ...items.map((item) => lineOfItem(world, item)).reverse(),
    ...draft.lines,
  ])
  for (const item of items) world.patch('invoiceitem', item.id, { invoice: id })
  for (const { line, taxRates } of lines) {
    world.insert('line_item', line)
    world.insert('~invoice_line', { id: line.id, tax_rates: taxRates })
  }
  world.insert('invoice', invoice)
  world.insert('~invoice_collection', {
    id,
    discounts,
    created_event: null,
    finalized_by: null,
    first_failed_at: null,
    retries: 0,
    attempt: null,
    declined_for_good: null,
  })
  draft.opened?.(invoice)
  const { id: event } = world.emit('invoice.created', invoice)
  world.patch('~invoice_collection', id, { created_event: event })
  const customer = world.must('customer', draft.customer)
  if ((customer.currency ?? null) === null) {
    changeCustomer(world, customer.id, { currency: draft.currency })
  }
  if (invoice.automatically_finalizes_at !== null) {
    world.schedule(draft.customer, {
      at: invoice.automatically_finalizes_at,
      name: 'invoice.finalize',
      id,
    })
  }
  return invoice
}
