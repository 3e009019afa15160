import type { SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { afterBill, billSubscription } from './bill.ts'
import { periodAround } from './calendar.ts'
import { changeSubscription, itemList } from './change-subscription.ts'
import { usageLine } from './lines.ts'
import { withPeriod } from './period-items.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'
import { noteUsageBilled, usageStart } from './usage-start.ts'

export const THRESHOLD = 'subscription.threshold'

/** Usage was counted: a second later it is looked at what it comes to, by `billThreshold`. */
export function watchThresholds(world: World, customer: string): void {
  for (const { id, billing_thresholds: thresholds } of world.where(
    'subscription',
    'customer',
    customer,
  )) {
    if (thresholds === null) continue
    world.schedule(customer, { at: world.now(customer) + 1, name: THRESHOLD, id })
  }
}

/**
 * Bills the usage so far where it has reached the threshold (stripe-facts row 38); what follows in
 * the period is billed by the next invoice. The cycle starts anew where the threshold says so.
 */
export function billThreshold(world: World, id: string): void {
  const subscription = world.get('subscription', id)
  const threshold = subscription?.billing_thresholds?.amount_gte ?? null
  if (subscription?.status !== 'active' || threshold === null) return
  const now = world.now(subscription.customer)
  const metered = subscription.items.data.filter(
    (item) => isMetered(item.price) && usageStart(world, item) < now,
  )
  const lines = metered
    .map((item) =>
      usageLine(world, subscription, item, { start: usageStart(world, item), end: now }),
    )
    .filter(({ amount = 0 }) => amount > 0)
  if (lines.reduce((sum, { amount = 0 }) => sum + amount, 0) < threshold) return
  const invoice = billSubscription(world, subscription, {
    reason: 'subscription_threshold',
    lines,
    autoAdvance: subscription.pause_collection === null,
    periodStart: Math.min(...metered.map((item) => usageStart(world, item))),
    periodEnd: now,
    thresholdReason: { amount_gte: threshold, item_reasons: [] },
  })
  for (const item of metered) noteUsageBilled(world, item.id, now)
  const resets = subscription.billing_thresholds?.reset_billing_cycle_anchor === true
  const items = subscription.items.data.map((item): SubscriptionItem =>
    withPeriod(item, periodAround(now, recurrenceOf(item.price), now)),
  )
  changeSubscription(world, id, {
    ...afterBill(world, subscription, invoice),
    ...(resets ? { billing_cycle_anchor: now, items: itemList(id, items) } : {}),
  })
}
