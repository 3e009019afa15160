/** A discount by coupon, by promotion code, or one that exists already. */
export interface LineDiscountInput {
  readonly coupon?: string | undefined
  readonly promotion_code?: string | undefined
  readonly discount?: string | undefined
}
