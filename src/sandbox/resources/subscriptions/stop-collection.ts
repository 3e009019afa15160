import type { World } from '../../world/world.ts'
import { stopAdvancing } from '../invoices/advance-invoice.ts'

/**
 * "Upon subscription cancellation, Stripe stops automatic collection of all finalized invoices"
 * (SDK); they stay open and payable (stripe-facts row 64).
 */
export function stopCollection(world: World, id: string): void {
  for (const invoice of world.where('invoice', 'subscription', id)) {
    if (invoice.auto_advance === true) stopAdvancing(world, invoice.id)
  }
}
