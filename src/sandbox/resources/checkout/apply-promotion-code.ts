import { invalidRequest, type StripeError } from '../../protocol/stripe-error.ts'
import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { validCoupon } from '../coupons/discount-for.ts'
import { reprice } from './reprice.ts'

/**
 * Applies a code as the customer types it, in any case.
 * @throws {StripeError} where the session takes none, or the code is not valid now.
 */
export function applyPromotionCode(world: World, id: string, typed: string): CheckoutSession {
  const session = world.must('checkout.session', id)
  if (session.allow_promotion_codes !== true) {
    throw invalidRequest('This Checkout Session does not allow promotion codes.', {
      param: 'promotion_code',
    })
  }
  const wanted = typed.trim().toLowerCase()
  for (const code of world.table('promotion_code').values()) {
    if (code.code.toLowerCase() !== wanted || !code.active) continue
    validCoupon(world, {
      promotion_code: code.id,
      customer: session.customer,
      param: 'promotion_code',
    })
    return reprice(world, id, { discounts: [{ coupon: null, promotion_code: code.id }] })
  }
  throw invalidCode(typed)
}

function invalidCode(typed: string): StripeError {
  return invalidRequest(`This promotion code is invalid: ${typed.trim()}`, {
    code: 'promotion_code_invalid',
    param: 'promotion_code',
  })
}
