import { StripeError } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { attemptFailed, skipRetry } from './attempt-failed.ts'
import { finalizeInvoice } from './finalize-invoice.ts'
import { holdDraft } from './hold-draft.ts'
import { openIntentOf } from './invoice-intent.ts'
import { payInvoice, paymentMethodFor } from './pay-invoice.ts'
import { sendInvoice } from './send-invoice.ts'
import { voidInvoice } from './void-invoice.ts'

/** Job `invoice.finalize`: about an hour after its creation (stripe-facts rows 40 and 88). */
export function finalizeByItself(world: World, id: string): void {
  const draft = world.get('invoice', id)
  if (draft?.status !== 'draft' || world.get('customer', draft.customer) === undefined) return
  if (holdDraft(world, draft)) return
  const advances = draft.auto_advance === true
  const invoice = finalizeInvoice(world, id)
  if (!advances || invoice.status === 'draft') return
  if (invoice.collection_method === 'send_invoice') sendInvoice(world, id)
  else if (invoice.status === 'open') attempt(world, id)
}

/** Job `invoice.collect`: the first attempt after finalisation by hand, and every retry. */
export function collectByItself(world: World, id: string): void {
  const invoice = world.get('invoice', id)
  if (invoice?.status !== 'open' || invoice.auto_advance !== true) return
  if (world.get('customer', invoice.customer) === undefined) return
  if (invoice.collection_method === 'send_invoice') {
    sendInvoice(world, id)
    return
  }
  if (openIntentOf(world, id)?.status === 'processing') return
  const declined = world.must('~invoice_collection', id).declined_for_good
  if (declined !== null && declined === paymentMethodFor(world, invoice)) {
    skipRetry(world, id)
    return
  }
  attempt(world, id)
}

/** By the clock nobody hears a refusal of the call itself: it counts as a failure. */
function attempt(world: World, id: string): void {
  try {
    payInvoice(world, id, { offSession: true, automatic: true })
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    world.patch('~invoice_collection', id, { attempt: 'automatic' })
    attemptFailed(world, id, null)
    world.patch('~invoice_collection', id, { attempt: null })
  }
}

/** Job `invoice.due`: past its due date (stripe-facts row 88). */
export function fallDue(world: World, id: string): void {
  const invoice = world.get('invoice', id)
  if (invoice?.status !== 'open' || invoice.customer === null) return
  world.emit('invoice.overdue', invoice)
  if (world.get('customer', invoice.customer)?.delinquent === false) {
    changeCustomer(world, invoice.customer, { delinquent: true })
  }
  world.signal('invoice.past_due', { id })
}

/** Job `invoice.void`. */
export function voidByItself(world: World, id: string): void {
  if (world.get('invoice', id)?.status === 'open') voidInvoice(world, id)
}

/** Stripe's automation leaves the invoice alone from now on; it can still be paid (stripe-facts row 64). */
export function stopAdvancing(world: World, id: string): void {
  const invoice = world.must('invoice', id)
  if (invoice.status !== 'draft' && invoice.status !== 'open') return
  world.unschedule(invoice.customer, 'invoice.finalize', id)
  world.unschedule(invoice.customer, 'invoice.collect', id)
  world.change(
    'invoice',
    id,
    { auto_advance: false, automatically_finalizes_at: null, next_payment_attempt: null },
    'invoice.updated',
  )
}
