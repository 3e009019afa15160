import type { SubscriptionItemState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { boughtPrice, isMeteredPrice, priceObject } from './bought-price.ts'

/**
 * The items in Stripe's order. Before 2016 a subscription had no items, only one `plan` and its
 * `quantity`: it becomes one item named `<subscription id>#0`.
 */
export function subscriptionItems(
  subscription: Fields,
  subscriptionId: string,
): { items: SubscriptionItemState[]; hasMore: boolean } {
  const list = subscription.list('items')
  if (list !== null && list.entries.length > 0) {
    const items = list.entries.map((item, index) =>
      subscriptionItem(item, subscription, item.id('id') ?? `${subscriptionId}#${index}`),
    )
    return { items, hasMore: list.hasMore }
  }
  if (!subscription.has('plan')) return { items: [], hasMore: list?.hasMore ?? false }
  return {
    items: [subscriptionItem(subscription, subscription, `${subscriptionId}#0`)],
    hasMore: false,
  }
}

function subscriptionItem(item: Fields, subscription: Fields, id: string): SubscriptionItemState {
  const price = priceObject(item)
  const recurring = price.child('recurring')
  return {
    id,
    ...boughtPrice(item),
    unitAmount: price.integer('unit_amount') ?? price.integer('amount'),
    isMetered: isMeteredPrice(price),
    interval: recurring.text('interval') ?? price.text('interval'),
    intervalCount: recurring.integer('interval_count') ?? price.integer('interval_count') ?? 1,
    created: item.integer('created'),
    // Per item since 2025-03-31.basil, on the subscription before (stripe-facts §2.2).
    periodStart:
      item.integer('current_period_start') ?? subscription.integer('current_period_start'),
    periodEnd: item.integer('current_period_end') ?? subscription.integer('current_period_end'),
  }
}
