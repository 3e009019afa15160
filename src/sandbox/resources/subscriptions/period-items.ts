import type { Subscription, SubscriptionItem } from '../../tables.ts'
import { periodAround, type Period } from './calendar.ts'
import { recurrenceOf } from './prices-for.ts'

/** The period after an item's current one, aligned to the subscription's anchor. */
export function nextPeriod(subscription: Subscription, item: SubscriptionItem): Period {
  const start = item.current_period_end
  const { end } = periodAround(subscription.billing_cycle_anchor, recurrenceOf(item.price), start)
  return { start, end: cutShort(subscription, start, end) }
}

/** A period does not outlast the moment at which the subscription is to end. */
export function cutShort({ cancel_at: at }: Subscription, start: number, end: number): number {
  return at !== null && at > start && at < end ? at : end
}

export function withPeriod(item: SubscriptionItem, { start, end }: Period): SubscriptionItem {
  return { ...item, current_period_start: start, current_period_end: end }
}
