import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { itemAmount, licensedLine, usageLine } from './lines.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'
import type { SubscriptionUpdate } from './subscription-input.ts'
import { usageStart } from './usage-start.ts'

/**
 * Whether the cycle starts anew now: asked for, or in classic mode by itself where the interval
 * changes or what was free comes to cost (stripe-facts row 60; flexible mode never by itself).
 */
export function resetsAnchor(
  subscription: Subscription,
  wanted: readonly SubscriptionItem[],
  input: SubscriptionUpdate,
): boolean {
  if (input.billing_cycle_anchor === 'now') return true
  if (subscription.billing_mode.type !== 'classic' || input.items === undefined) return false
  if (subscription.status === 'trialing') return false
  const before = subscription.items.data
  const [first] = before
  const intervalChanges = first !== undefined && wanted.some((item) => !sameInterval(first, item))
  const cost = (items: readonly SubscriptionItem[]) =>
    items.reduce(
      (sum, item) => sum + (isMetered(item.price) ? 1 : itemAmount(item, subscription.currency)),
      0,
    )
  return intervalChanges || (cost(before) === 0 && cost(wanted) > 0)
}

export function sameInterval(a: SubscriptionItem, b: SubscriptionItem): boolean {
  const left = recurrenceOf(a.price)
  const right = recurrenceOf(b.price)
  return left.interval === right.interval && left.interval_count === right.interval_count
}

/** A cycle that starts anew bills every licensed item ahead, and what was used until now. */
export function resetLines(
  world: World,
  subscription: Subscription,
  before: readonly SubscriptionItem[],
  items: readonly SubscriptionItem[],
  now: number,
): LineDraft[] {
  return items.flatMap((item): LineDraft[] => {
    const period = { start: item.current_period_start, end: item.current_period_end }
    if (!isMetered(item.price)) return [licensedLine(subscription, item, period)]
    const old = before.find(({ id, price }) => id === item.id && price.id === item.price.id)
    if (old === undefined || subscription.status === 'trialing') return []
    return [usageLine(world, subscription, old, { start: usageStart(world, old), end: now })]
  })
}
