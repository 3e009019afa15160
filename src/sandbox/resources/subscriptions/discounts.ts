import type { Discount, Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { discountFor, validCoupon } from '../coupons/discount-for.ts'
import type { LineDiscountInput } from './discount-input.ts'
import type { ItemInput } from './subscription-input.ts'

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

/** The items of a change with the discounts it gives them; items without a word of them keep theirs. */
export function withItemDiscounts(
  world: World,
  subscription: Pick<Subscription, 'id' | 'customer' | 'items'>,
  items: readonly SubscriptionItem[],
  inputs: readonly ItemInput[] | undefined,
): readonly SubscriptionItem[] {
  if (inputs?.every(({ discounts }) => discounts === undefined) !== false) return items
  const known = new Set(subscription.items.data.map(({ id }) => id))
  const adding = inputs.filter(({ id }) => id === undefined)
  return items.map((item) => {
    const input = known.has(item.id) ? inputs.find(({ id }) => id === item.id) : adding.shift()
    if (input?.discounts === undefined) return item
    const discounts = giveDiscounts(world, input.discounts, {
      customer: subscription.customer,
      subscription: subscription.id,
      item,
      held: item.discounts.map(String),
    })
    return { ...item, discounts }
  })
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
