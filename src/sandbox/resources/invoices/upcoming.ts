import type { Invoice } from '../../tables.ts'
import type { AnyObject } from '../../world/event.ts'
import type { World } from '../../world/world.ts'
import { nextDue, previewSubscription } from './preview-invoice.ts'

const JOB = 'invoice.upcoming'

/**
 * Keeps the time at which a subscription's next renewal is announced: `settings.upcomingDays` before
 * it, for such as are charged automatically (stripe-facts row 40).
 */
export function scheduleUpcoming(world: World, id: string): void {
  const subscription = world.get('subscription', id)
  if (subscription === undefined) return
  const { customer } = subscription
  const at = announcedAt(world, id)
  if (at === null || at < world.now(customer)) world.unschedule(customer, JOB, id)
  else if (at > (world.get('~upcoming', id)?.announced ?? 0)) {
    world.schedule(customer, { at, name: JOB, id })
  }
}

/** Job `invoice.upcoming`: the event carries the preview without an id ("will not have an invoice ID", SDK). */
export function announceUpcoming(world: World, id: string): void {
  const at = announcedAt(world, id)
  if (at === null) return
  world.insert('~upcoming', { id, announced: at })
  const { invoice } = previewSubscription(world, id)
  world.emit('invoice.upcoming', withoutId(invoice))
}

function announcedAt(world: World, id: string): number | null {
  const subscription = world.get('subscription', id)
  if (subscription === undefined) return null
  const renews =
    ['active', 'trialing', 'past_due'].includes(subscription.status) &&
    subscription.collection_method === 'charge_automatically' &&
    subscription.items.data.length > 0
  if (!renews) return null
  const { at } = nextDue(subscription)
  if (subscription.cancel_at !== null && subscription.cancel_at <= at) return null
  return at - world.settings.upcomingDays * 86_400
}

function withoutId(invoice: Invoice): AnyObject {
  return Object.fromEntries(
    Object.entries(invoice).filter(([field]) => field !== 'id'),
  ) as unknown as AnyObject
}
