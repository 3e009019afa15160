import { StripeError } from '../../protocol/stripe-error.ts'
import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { validCoupon } from '../coupons/discount-for.ts'

/** What a session's discount is given by. */
export type GivenBy = { readonly coupon: string } | { readonly promotion_code: string }

function named(session: CheckoutSession): readonly GivenBy[] {
  return (session.discounts ?? []).map(({ coupon, promotion_code: code }) =>
    code === null ? { coupon: coupon ?? '' } : { promotion_code: code },
  )
}

/** @throws {StripeError} where the session's discount can no longer be given. */
export function refuseSpentDiscounts(world: World, session: CheckoutSession): void {
  for (const given of named(session)) {
    validCoupon(world, { ...given, customer: session.customer, param: 'discounts' })
  }
}

/**
 * The session's discounts that can still be given: one may have been used up while the buyer was at
 * their bank.
 */
export function liveDiscountsOf(world: World, session: CheckoutSession): readonly GivenBy[] {
  return named(session).filter((given) => {
    try {
      validCoupon(world, { ...given, customer: session.customer })
      return true
    } catch (error) {
      if (error instanceof StripeError) return false
      throw error
    }
  })
}
