import type { ActiveEntitlement, Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { EntitledItem } from './entitled-item.ts'
import { summaryOf } from './summary.ts'

/**
 * Statuses under which a subscription gives its features. The documentation names the endings
 * (canceled, paused) and is silent on `past_due` and `unpaid` (stripe-facts §4.2): here `past_due`
 * still gives and `unpaid` no longer does.
 */
const GIVING: ReadonlySet<string> = new Set(['active', 'trialing', 'past_due'])

/**
 * Brings a customer's active entitlements to what its subscriptions give now, and emits the summary
 * with the whole list where that changed (stripe-facts row 92).
 */
export function entitle(world: World, customer: string): void {
  const given = givenFeatures(world, customer)
  const before = activeEntitlements(world, customer)
  const lost = before.filter(({ feature }) => !given.has(feature))
  const held = new Set(before.map(({ feature }) => feature))
  const won = [...given].filter((feature) => !held.has(feature))
  if (lost.length === 0 && won.length === 0) return
  for (const { id } of lost) {
    world.remove('entitlements.active_entitlement', id)
    world.remove('~entitlement_owner', id)
  }
  for (const id of won) {
    const feature = world.must('entitlements.feature', id)
    const entitlement: ActiveEntitlement = {
      id: world.id('ent_test'),
      object: 'entitlements.active_entitlement',
      feature: id,
      livemode: false,
      lookup_key: feature.lookup_key,
    }
    world.insert('entitlements.active_entitlement', entitlement)
    world.insert('~entitlement_owner', { id: entitlement.id, customer })
  }
  const old = summaryOf(customer, before).entitlements
  const summary = summaryOf(customer, activeEntitlements(world, customer))
  world.emit('entitlements.active_entitlement_summary.updated', summary, {
    entitlements: {
      data: old.data,
      ...(old.has_more === summary.entitlements.has_more ? {} : { has_more: old.has_more }),
    },
  })
}

/** Oldest first. */
export function activeEntitlements(world: World, customer: string): ActiveEntitlement[] {
  return world
    .where('~entitlement_owner', 'customer', customer)
    .map(({ id }) => world.must('entitlements.active_entitlement', id))
}

/** The union over all subscriptions (stripe-facts row 93). */
function givenFeatures(world: World, customer: string): Set<string> {
  const live = new Map<string, SubscriptionItem>()
  for (const subscription of world.where('subscription', 'customer', customer)) {
    if (!GIVING.has(subscription.status)) continue
    for (const item of itemsOf(world, subscription)) live.set(item.id, item)
  }
  for (const { id } of world.where('~entitled_item', 'customer', customer)) {
    if (!live.has(id)) world.remove('~entitled_item', id)
  }
  const features = new Set<string>()
  for (const item of live.values()) {
    for (const feature of entitledItem(world, customer, item).features) features.add(feature)
  }
  return features
}

function itemsOf(world: World, subscription: Subscription): readonly SubscriptionItem[] {
  const rows = world.where('subscription_item', 'subscription', subscription.id)
  return rows.length > 0 ? rows : subscription.items.data
}

/** What the item gave when its period began; read anew for a new period or product. */
function entitledItem(world: World, customer: string, item: SubscriptionItem): EntitledItem {
  const known = world.get('~entitled_item', item.id)
  const { product } = item.price
  if (known?.product === product && known.periodStart === item.current_period_start) return known
  return world.insert('~entitled_item', {
    id: item.id,
    customer,
    product,
    periodStart: item.current_period_start,
    features: world
      .where('~product_feature', 'product', product)
      .filter(({ feature }) => world.must('entitlements.feature', feature).active)
      .map(({ feature }) => feature),
  })
}
