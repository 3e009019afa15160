import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { removeDiscount } from '../coupons/discount-for.ts'
import type { LineDiscountInput } from './discount-input.ts'
import { giveDiscounts } from './discounts.ts'

/** Replaces a subscription's discounts by those asked for; null takes all away. */
export function updateDiscounts(
  world: World,
  subscription: Subscription,
  inputs: readonly LineDiscountInput[] | null | undefined,
): Partial<Subscription> {
  if (inputs === undefined) return {}
  const held = subscription.discounts.map(String)
  const kept = new Set((inputs ?? []).map(({ discount }) => discount))
  for (const id of held) if (!kept.has(id)) removeDiscount(world, id)
  return {
    discounts: giveDiscounts(world, inputs, {
      customer: subscription.customer,
      subscription: subscription.id,
      held,
    }),
  }
}
