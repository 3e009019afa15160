import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/**
 * The attempt count after an attempt: "Any payment attempt counts as the first attempt, and
 * subsequently only automatic retries increment the attempt count" (SDK; stripe-facts row 42).
 */
export function countedAttempt(world: World, invoice: Invoice): Pick<Invoice, 'attempt_count'> {
  const attempt = world.get('~invoice_collection', invoice.id)?.attempt ?? null
  if (invoice.attempt_count === 0) return { attempt_count: 1 }
  return { attempt_count: invoice.attempt_count + (attempt === 'automatic' ? 1 : 0) }
}
