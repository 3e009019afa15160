import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'

const HOUR = 3_600

/** "If we don't receive a successful response within 72 hours, we attempt to finalize" (docs). */
const LONGEST = 72 * HOUR

/**
 * Puts off the finalisation of a draft while an endpoint has not accepted its `invoice.created`:
 * Stripe waits for an hour from then (stripe-facts row 40; `settings.waitForEndpoints`). Nobody is
 * told. Answers whether it did.
 */
export function holdDraft(world: World, draft: Invoice): boolean {
  const { id, customer, created } = draft
  if (!world.settings.waitForEndpoints || draft.test_clock !== null) return false
  const { created_event: event } = world.must('~invoice_collection', id)
  const now = world.now(customer)
  const isAwaited = event !== null && world.awaits(event)
  if (!isAwaited || now >= created + LONGEST) {
    if (!isAwaited && draft.webhooks_delivered_at === null) {
      world.patch('invoice', id, { webhooks_delivered_at: now })
    }
    return false
  }
  const at = Math.min(now + HOUR, created + LONGEST)
  world.patch('invoice', id, {
    automatically_finalizes_at: at,
    next_payment_attempt: draft.next_payment_attempt === null ? null : at,
    webhooks_delivered_at: null,
  })
  world.schedule(customer, { at, name: 'invoice.finalize', id })
  return true
}
