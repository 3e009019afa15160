import { inParameter } from '../../protocol/find.ts'
import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { Discount } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { addMonths } from './months.ts'
import { countRedemption, refusePromotionCode, refuseSpentCoupon } from './redeem.ts'

export interface DiscountInput {
  readonly coupon?: string | undefined
  readonly promotion_code?: string | undefined
  /** A discount given before, to be used again elsewhere (`discounts[][discount]`). */
  readonly discount?: string | undefined
  readonly customer: string | null
  readonly subscription?: string | null | undefined
  readonly subscription_item?: string | null | undefined
  readonly invoice?: string | null | undefined
  readonly invoice_item?: string | null | undefined
  readonly checkout_session?: string | null | undefined
  /** What is bought, in minor units of `currency`: where told, a code's minimum is held against it. */
  readonly amount?: number | undefined
  readonly currency?: string | undefined
  /** The name of the parameter that asked, for the error. Default `coupon` or `promotion_code`. */
  readonly param?: string | undefined
  /** Unix seconds from which it counts; now by default. */
  readonly start?: number | undefined
}

/**
 * Gives a coupon, or what a promotion code stands for, to a customer, subscription, invoice or item:
 * stores a `discount`, counts the redemption, and emits `customer.discount.created` where it is a
 * customer's or subscription's.
 * @throws {StripeError} 400 where the coupon or code is missing, spent, expired or not for this customer.
 */
export function discountFor(world: World, input: DiscountInput): Discount {
  const { coupon, promotionCode } = validCoupon(world, input)
  const { duration, duration_in_months: months } = world.must('~coupon_terms', coupon)
  const start = input.start ?? world.now(input.customer)
  const discount: Discount = {
    id: world.id('di'),
    object: 'discount',
    checkout_session: input.checkout_session ?? null,
    customer: input.customer,
    customer_account: null,
    end: duration === 'repeating' ? addMonths(start, months ?? 0) : null,
    invoice: input.invoice ?? null,
    invoice_item: input.invoice_item ?? null,
    promotion_code: promotionCode,
    source: { coupon, type: 'coupon' },
    start,
    subscription: input.subscription ?? null,
    subscription_item: input.subscription_item ?? null,
  }
  world.insert('discount', discount)
  // A discount passed on was redeemed when it was first given.
  if (input.discount === undefined) countRedemption(world, coupon, promotionCode)
  if (isHeld(discount)) world.emit('customer.discount.created', discount)
  return discount
}

/** Takes a discount away: from a customer who loses it, or once it is used up. */
export function removeDiscount(world: World, id: string): void {
  const discount = world.get('discount', id)
  if (discount === undefined || isEnded(world, id)) return
  endDiscount(world, id)
  if (isHeld(discount)) world.emit('customer.discount.deleted', discount)
}

/**
 * Another coupon in the place of a customer's or subscription's discount: the new one, said by
 * `customer.discount.updated`.
 */
export function switchDiscount(world: World, old: string, input: DiscountInput): Discount {
  const before = world.get('discount', old)
  const { coupon, promotionCode } = validCoupon(world, input)
  if (before === undefined) return discountFor(world, input)
  const { duration, duration_in_months: months } = world.must('~coupon_terms', coupon)
  const start = input.start ?? world.now(input.customer)
  endDiscount(world, old)
  const discount: Discount = {
    ...before,
    id: world.id('di'),
    end: duration === 'repeating' ? addMonths(start, months ?? 0) : null,
    promotion_code: promotionCode,
    source: { coupon, type: 'coupon' },
    start,
  }
  world.insert('discount', discount)
  countRedemption(world, coupon, promotionCode)
  world.emit('customer.discount.updated', discount, {
    id: before.id,
    ...(before.end === discount.end ? {} : { end: before.end }),
    ...(before.promotion_code === promotionCode ? {} : { promotion_code: before.promotion_code }),
    source: { coupon: before.source.coupon },
    ...(before.start === start ? {} : { start: before.start }),
  })
  return discount
}

/** Checks what `discountFor` would, without giving anything. */
export function validCoupon(
  world: World,
  input: DiscountInput,
): { readonly coupon: string; readonly promotionCode: string | null } {
  if (input.discount !== undefined) {
    const given = world.get('discount', input.discount)
    const coupon = given?.source.coupon ?? null
    if (given === undefined || coupon === null || isEnded(world, given.id)) {
      throw missing('discount', input.discount, input.param ?? 'discounts', 400)
    }
    return { coupon, promotionCode: given.promotion_code }
  }
  if (input.promotion_code !== undefined) {
    const param = input.param ?? 'promotion_code'
    const code = inParameter(world, 'promotion_code', input.promotion_code, param, 'promotion code')
    refusePromotionCode(world, code, input, param)
    return { coupon: code.promotion.coupon ?? '', promotionCode: code.id }
  }
  if (input.coupon === undefined) {
    throw invalidRequest('You must specify a `coupon`, `discount` or `promotion_code`.', {
      param: input.param ?? 'discounts',
    })
  }
  const coupon = inParameter(world, 'coupon', input.coupon, input.param ?? 'coupon')
  refuseSpentCoupon(coupon, input.param ?? 'coupon')
  return { coupon: coupon.id, promotionCode: null }
}

/** The object stays: bills that used it go on naming it. */
function endDiscount(world: World, id: string): void {
  world.insert('~ended_discount', { id })
}

/** Whether the discount was taken away or used up. */
export function isEnded(world: World, id: string): boolean {
  return world.get('~ended_discount', id) !== undefined
}

/** Held by a customer or subscription, not merely part of one bill. */
function isHeld(discount: Discount): boolean {
  return (
    discount.customer !== null &&
    discount.invoice === null &&
    discount.invoice_item === null &&
    discount.checkout_session === null
  )
}
