import type { LineDiscountInput } from '../subscriptions/discount-input.ts'

/** A phase's discounts as a subscription's parameters name them. */
export function phaseDiscounts(
  discounts: readonly {
    readonly coupon: string | null
    readonly discount: string | null
    readonly promotion_code: string | null
  }[],
): LineDiscountInput[] {
  return discounts.map(({ coupon, discount, promotion_code: code }) => ({
    ...(coupon === null ? {} : { coupon }),
    ...(discount === null ? {} : { discount }),
    ...(code === null ? {} : { promotion_code: code }),
  }))
}
