import type { Discount } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { couponTerms } from './coupon-terms.ts'
import { isEnded, removeDiscount } from './discount-for.ts'

/** Those of `ids` that still count for a bill made at `at` (Unix seconds), in their order. */
export function liveDiscounts(world: World, ids: readonly string[], at: number): Discount[] {
  return ids.flatMap((id) => {
    const discount = world.get('discount', id)
    if (discount === undefined || isEnded(world, id)) return []
    return discount.end !== null && discount.end <= at ? [] : [discount]
  })
}

/**
 * After a bill that used them: takes `once` discounts away from the customer or subscription that
 * held them, and such as have ended by `at`. Answers those that remain.
 */
export function keepAfterBill(world: World, ids: readonly string[], at: number): string[] {
  return ids.filter((id) => {
    const discount = world.get('discount', id)
    if (discount === undefined || isEnded(world, id)) return false
    const isOnce = couponTerms(world, discount.source.coupon ?? '').duration === 'once'
    if (!isOnce && (discount.end === null || discount.end > at)) return true
    removeDiscount(world, id)
    return false
  })
}
