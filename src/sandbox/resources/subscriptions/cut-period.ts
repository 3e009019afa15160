import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { periodAround } from './calendar.ts'
import { recurrenceOf } from './prices-for.ts'
import { creditsFor, debitFor, type Proration } from './proration.ts'
import type { SubscriptionUpdate } from './subscription-input.ts'

/**
 * `cancel_at` within the running period ends the period there and credits the rest; taken back or
 * moved on, the time in between is billed again ("if set to a date before the current period ends,
 * this will cause a proration", SDK).
 */
export function cutPeriods(
  world: World,
  subscription: Subscription,
  items: readonly SubscriptionItem[],
  input: SubscriptionUpdate,
): { readonly items: readonly SubscriptionItem[]; readonly prorations: readonly Proration[] } {
  const isAsked = input.cancel_at !== undefined || input.cancel_at_period_end !== undefined
  if (!isAsked || input.proration_behavior === 'none' || subscription.status !== 'active') {
    return { items, prorations: [] }
  }
  const now = world.now(subscription.customer)
  const asked = typeof input.cancel_at === 'number' ? input.cancel_at : null
  const prorations: Proration[] = []
  const cut = items.map((item) => {
    const end = endFor(subscription, item, asked, now)
    const before = item.current_period_end
    const moved = { ...item, current_period_end: end }
    if (end < before) prorations.push(...creditsFor(world, subscription, item, end))
    if (end > before) prorations.push(...debitFor(world, subscription, moved, before))
    return end === before ? item : moved
  })
  return { items: cut, prorations }
}

function endFor(
  subscription: Subscription,
  item: SubscriptionItem,
  asked: number | null,
  now: number,
): number {
  const { current_period_end: end } = item
  const isCut = subscription.cancel_at === end && !subscription.cancel_at_period_end
  const whole = isCut
    ? periodAround(subscription.billing_cycle_anchor, recurrenceOf(item.price), end - 1).end
    : end
  return asked !== null && asked > now ? Math.min(asked, whole) : whole
}
