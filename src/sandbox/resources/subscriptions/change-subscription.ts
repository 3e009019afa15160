import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { planOf } from '../prices/plan-of.ts'
import { scheduleTurn } from './next-turn.ts'

/** What Stripe knows of a subscription and does not show. */
export interface SubscriptionRecord {
  readonly id: string
  /** False until `customer.subscription.created` is out: what happens before belongs to it. */
  readonly announced: boolean
  /** An operation collects one of its invoices and will draw the conclusion itself. */
  readonly settling: boolean
  /** The `trial_end` of which `trial_will_end` has told. */
  readonly warnedOfTrialEnd: number | null
  /** Unix seconds at which an unpaid send_invoice subscription is given up. */
  readonly givesUpAt: number | null
  /** The invoice whose payment applies the pending update. */
  readonly pendingInvoice: string | null
  /** The invoice whose payment ends a pause. */
  readonly resumeInvoice: string | null
  readonly resumeExpiresAt: number | null
}

export function recordOf(world: World, id: string): SubscriptionRecord {
  return world.must('~subscription', id)
}

export function noteOf(world: World, id: string, change: Partial<SubscriptionRecord>): void {
  world.patch('~subscription', id, change)
}

/**
 * The only way a subscription changes: keeps its items' own rows and its next turn in step, emits
 * `customer.subscription.updated` where anything changed at all, and tells the others.
 */
export function changeSubscription(
  world: World,
  id: string,
  fields: Partial<Subscription>,
): Subscription {
  if (!recordOf(world, id).announced) {
    const quiet = world.patch('subscription', id, fields)
    mirrorItems(world, quiet)
    scheduleTurn(world, quiet)
    return quiet
  }
  refreshPrices(world, id)
  const after = world.change('subscription', id, fields, 'customer.subscription.updated')
  // The event is out before the rows and jobs follow: nothing between them can be seen.
  mirrorItems(world, after)
  scheduleTurn(world, after)
  world.signal('subscription.changed', { id })
  return world.must('subscription', id)
}

/** Changes the fields without a word, for what another event than `updated` tells. */
export function patchSubscription(
  world: World,
  id: string,
  fields: Partial<Subscription>,
): Subscription {
  const after = world.patch('subscription', id, fields)
  mirrorItems(world, after)
  scheduleTurn(world, after)
  return after
}

/** Items show their prices as they are now, and that alone is no change of the subscription. */
function refreshPrices(world: World, id: string): void {
  const subscription = world.must('subscription', id)
  const { data } = subscription.items
  if (data.every((item) => item.price === (world.get('price', item.price.id) ?? item.price))) {
    return
  }
  const items = { ...subscription.items, data: data.map((item) => withPrice(world, item)) }
  world.patch('subscription', id, { items })
}

function withPrice(world: World, item: SubscriptionItem): SubscriptionItem {
  const price = world.get('price', item.price.id) ?? item.price
  return { ...item, price, plan: planOf(price) ?? item.plan }
}

function mirrorItems(world: World, subscription: Subscription): void {
  const kept = new Set(subscription.items.data.map((item) => item.id))
  for (const item of world.where('subscription_item', 'subscription', subscription.id)) {
    if (!kept.has(item.id)) world.remove('subscription_item', item.id)
  }
  for (const item of subscription.items.data) {
    if (world.get('subscription_item', item.id) !== item) world.insert('subscription_item', item)
  }
}

export function itemList(
  subscription: string,
  data: readonly SubscriptionItem[],
): Subscription['items'] {
  return {
    object: 'list',
    data,
    has_more: false,
    url: `/v1/subscription_items?subscription=${subscription}`,
  }
}

/** Whether it has neither ended nor failed to begin. */
export function isLive({ status }: Subscription): boolean {
  return status !== 'canceled' && status !== 'incomplete_expired'
}
