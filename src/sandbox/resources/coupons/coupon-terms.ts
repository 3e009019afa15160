import type { Coupon } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** What a coupon has and shows only where a caller expands it. Outlives the coupon itself. */
export interface CouponTerms {
  /** The coupon's. */
  readonly id: string
  readonly percent_off: number | null
  readonly amount_off: number | null
  readonly currency: string | null
  readonly duration: Coupon['duration']
  readonly duration_in_months: number | null
  /** The products it is for; null: all. */
  readonly products: readonly string[] | null
  /** Minor units off, by currency, its own included. */
  readonly amounts: Readonly<Record<string, number>>
}

/**
 * The terms of a coupon, also of a deleted one: a discount given stays as it was given. Throws
 * where there never was such a coupon, which is a fault of the sandbox.
 */
export function couponTerms(world: World, coupon: string): CouponTerms {
  return world.must('~coupon_terms', coupon)
}
