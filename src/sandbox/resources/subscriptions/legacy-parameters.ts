/**
 * Older names: the anchor as a bare word, the single `coupon` and `promotion_code`, and the cancel
 * parameter of old.
 */
export function legacySubscription(params: Record<string, unknown>): Record<string, unknown> {
  const { coupon, promotion_code: code, billing_cycle_anchor: anchor, ...rest } = params
  const discounts =
    coupon === '' || code === ''
      ? { discounts: '' }
      : coupon === undefined && code === undefined
        ? {}
        : { discounts: [{ ...(coupon === undefined ? { promotion_code: code } : { coupon }) }] }
  const anchored =
    anchor === undefined
      ? {}
      : {
          billing_cycle_anchor:
            anchor === 'now' || anchor === 'unchanged' ? { type: anchor } : anchor,
        }
  return { ...rest, ...anchored, ...discounts }
}
