import type { Discount } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { discountFor, removeDiscount, switchDiscount } from '../coupons/discount-for.ts'
import { keepAfterBill } from '../coupons/live-discounts.ts'

export interface DiscountChoice {
  readonly coupon?: string | undefined
  readonly promotion_code?: string | undefined
}

/**
 * Gives a customer its one discount: `customer.discount.created`, or `.updated` where it takes the
 * place of another.
 * @throws {StripeError} where the coupon or code is missing or cannot be redeemed.
 */
export function giveDiscount(world: World, customer: string, choice: DiscountChoice): Discount {
  const before = world.must('customer', customer).discount ?? null
  const discount =
    before === null
      ? discountFor(world, { ...choice, customer })
      : switchDiscount(world, before.id, { ...choice, customer })
  world.patch('customer', customer, { discount })
  world.unschedule(customer, 'customer.discount_end', customer)
  if (discount.end !== null) {
    world.schedule(customer, { at: discount.end, name: 'customer.discount_end', id: customer })
  }
  return discount
}

/** Takes the customer's discount away, if it has one: `customer.discount.deleted`. */
export function dropDiscount(world: World, customer: string): Discount | null {
  const discount = world.get('customer', customer)?.discount ?? null
  if (discount === null) return null
  world.patch('customer', customer, { discount: null })
  world.unschedule(customer, 'customer.discount_end', customer)
  removeDiscount(world, discount.id)
  return discount
}

/** A discount of duration `once` is spent by the first invoice that uses it. */
export function spendDiscount(world: World, customer: string, used: readonly string[]): void {
  const discount = world.get('customer', customer)?.discount ?? null
  if (discount === null || !used.includes(discount.id)) return
  const kept = keepAfterBill(world, [discount.id], world.now(customer))
  if (kept.length === 0) world.patch('customer', customer, { discount: null })
}
