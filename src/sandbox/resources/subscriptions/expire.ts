import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { voidInvoice } from '../invoices/void-invoice.ts'
import { changeSubscription } from './change-subscription.ts'
import { withoutReactions } from './settle.ts'

/**
 * incomplete → incomplete_expired: an update, not a deletion; the first invoice is void (stripe-facts
 * rows 51 and 52).
 */
export function expireFirstInvoice(
  world: World,
  id: string,
  extra: Partial<Subscription> = {},
): Subscription {
  const subscription = world.must('subscription', id)
  const now = world.now(subscription.customer)
  const expired = changeSubscription(world, id, {
    ...extra,
    canceled_at: now,
    ended_at: now,
    status: 'incomplete_expired',
  })
  const invoice = world.get('invoice', subscription.latest_invoice)
  if (invoice?.status === 'open') {
    withoutReactions(world, id, () => voidInvoice(world, invoice.id))
  }
  return expired
}
