import type { World } from '../../world/world.ts'
import { planOf } from '../prices/plan-of.ts'
import { patchSubscription } from './change-subscription.ts'

/**
 * Items show their prices as they are now, and that alone is no change of the subscription: only
 * `price.updated` tells of it (stripe-facts row 90).
 */
export function followPrice(world: World, id: string): void {
  const price = world.must('price', id)
  const plan = planOf(price)
  const holders = world.where('subscription_item', 'price', id).map((item) => item.subscription)
  for (const subscription of new Set(holders)) {
    const { items } = world.must('subscription', subscription)
    const data = items.data.map((item) =>
      item.price.id === id ? { ...item, price, plan: plan ?? item.plan } : item,
    )
    patchSubscription(world, subscription, { items: { ...items, data } })
  }
}
