import type { Discount, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { discountFor, validCoupon } from '../coupons/discount-for.ts'
import type { LineDiscountInput } from './discount-input.ts'

/** @throws {StripeError} 400 before anything is made, where one of them cannot be given. */
export function refuseDiscounts(
  world: World,
  inputs: readonly LineDiscountInput[] | null | undefined,
  customer: string | null,
): void {
  for (const input of inputs ?? []) {
    validCoupon(world, { ...input, customer, param: 'discounts' })
  }
}

/** Gives a subscription, or one of its items, the discounts asked for; those it has stay as they are. */
export function giveDiscounts(
  world: World,
  inputs: readonly LineDiscountInput[] | null | undefined,
  to: {
    readonly customer: string
    readonly subscription: string
    readonly item?: SubscriptionItem
    readonly held?: readonly string[]
  },
): string[] {
  return (inputs ?? []).map((input) => {
    if (input.discount !== undefined && to.held?.includes(input.discount) === true) {
      return input.discount
    }
    const discount: Discount = discountFor(world, {
      ...input,
      customer: to.customer,
      subscription: to.subscription,
      subscription_item: to.item?.id ?? null,
      param: 'discounts',
    })
    return discount.id
  })
}
