import { clean } from './canonical.ts'
import type { Alert } from './decision.ts'
import type { SubscriptionItemState } from './fact.ts'
import { alert } from './source.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** A hole in the catalog is the seller's lost customer, so it is told (R24). */
export function unmatchedAlert(
  subscription: SubscriptionView,
  item: SubscriptionItemState,
): Alert | null {
  if (subscription.endedAt !== null || subscription.state.status === 'incomplete') return null
  const price = clean(item.price ?? 'unknown')
  return alert(
    'unmatched_price',
    `No product of the catalog matches price ${price} of subscription ${subscription.id}: it grants nothing. Add it to a product's "match".`,
    [subscription.id, ...(item.price === null ? [] : [price])],
  )
}

export function subscriptionAlerts(subscription: SubscriptionView): Alert[] {
  const alerts: Alert[] = []
  if (subscription.unknownStatus !== null) {
    alerts.push(
      alert(
        'unknown_status',
        `Subscription ${subscription.id} has status ${clean(subscription.unknownStatus)}, which no rule knows; the last known status stands.`,
        [subscription.id],
      ),
    )
  }
  if (subscription.state.hasMoreItems) {
    alerts.push(
      alert(
        'more_items',
        `Subscription ${subscription.id} has more items than the event carried.`,
        [subscription.id],
      ),
    )
  }
  return alerts
}
