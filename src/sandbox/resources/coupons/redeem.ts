import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Coupon, PromotionCode } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { DiscountInput } from './discount-for.ts'

/** @throws {StripeError} where the coupon cannot be given any more. */
export function refuseSpentCoupon(coupon: Coupon, param: string): void {
  if (coupon.valid) return
  throw invalidRequest(`Coupon expired: ${coupon.id}`, { code: 'coupon_expired', param })
}

/** @throws {StripeError} where the code is not, or no longer, for this customer. */
export function refusePromotionCode(
  world: World,
  code: PromotionCode,
  input: Pick<DiscountInput, 'customer' | 'amount' | 'currency'>,
  param: string,
): void {
  const { customer } = input
  const coupon = world.get('coupon', code.promotion.coupon)
  const isExpired = code.expires_at !== null && code.expires_at <= world.now(customer)
  if (!code.active || isExpired || coupon?.valid !== true) {
    throw invalidRequest('This promotion code cannot be redeemed because it is not active.', {
      param,
    })
  }
  if (code.customer !== null && code.customer !== customer) {
    throw invalidRequest(
      'This promotion code cannot be redeemed because the associated customer does not match.',
      { param },
    )
  }
  const { minimum_amount: minimum, minimum_amount_currency: currency } = code.restrictions
  if (
    minimum !== null &&
    input.amount !== undefined &&
    (input.currency !== currency || input.amount < minimum)
  ) {
    throw invalidRequest(
      'This promotion code cannot be redeemed because the order does not reach its minimum amount.',
      { param },
    )
  }
  if (code.restrictions.first_time_transaction && hasPaid(world, customer)) {
    throw invalidRequest(
      'This promotion code cannot be redeemed because the associated customer has prior transactions.',
      { param },
    )
  }
}

function hasPaid(world: World, customer: string | null): boolean {
  if (customer === null) return false
  return (
    world.where('charge', 'customer', customer).some((charge) => charge.status === 'succeeded') ||
    world.where('invoice', 'customer', customer).some((invoice) => invoice.status === 'paid')
  )
}

/** Counts one redemption; the last one allowed ends the coupon or code. */
export function countRedemption(world: World, coupon: string, promotionCode: string | null): void {
  const given = world.get('coupon', coupon)
  if (given !== undefined) {
    const times = given.times_redeemed + 1
    world.change(
      'coupon',
      coupon,
      {
        times_redeemed: times,
        valid: given.valid && (given.max_redemptions === null || times < given.max_redemptions),
      },
      'coupon.updated',
    )
  }
  const code = world.get('promotion_code', promotionCode)
  if (code !== undefined) {
    const times = code.times_redeemed + 1
    world.change(
      'promotion_code',
      code.id,
      {
        times_redeemed: times,
        active: code.active && (code.max_redemptions === null || times < code.max_redemptions),
      },
      'promotion_code.updated',
    )
  }
}
