import { inPath } from '../../protocol/find.ts'
import { flag, hash } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import { finalizeInvoice } from './finalize-invoice.ts'

/** `POST /v1/invoices/:invoice/finalize`. */
export const finalize = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/finalize',
  params: hash({ auto_advance: flag.optional() }),
  handle: ({ world, path, params }) => {
    const invoice = inPath(world, 'invoice', path['invoice'])
    const advances = params.auto_advance ?? invoice.auto_advance ?? false
    if (invoice.status === 'draft' && advances !== invoice.auto_advance) {
      world.patch('invoice', invoice.id, { auto_advance: advances })
    }
    // Automatic collection of an invoice finalised by hand follows about an hour later.
    const at = world.now(invoice.customer) + world.settings.finalizeAfter
    const finalized = finalizeInvoice(world, invoice.id, advances ? { collectAt: at } : {})
    throwUnfinalized(finalized)
    return finalized
  },
})

/** @throws {StripeError} what stood in the way of finalising it (stripe-facts row 48). */
export function throwUnfinalized({ status, last_finalization_error: error }: Invoice): void {
  if (status !== 'draft' || error === null) return
  throw invalidRequest(error.message ?? 'The invoice could not be finalized.', {
    ...(error.code === undefined ? {} : { code: error.code }),
  })
}
