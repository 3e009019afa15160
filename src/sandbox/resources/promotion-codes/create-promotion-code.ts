import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PromotionCode } from '../../tables.ts'
import type { World } from '../../world/world.ts'

export interface PromotionCodeInput {
  readonly promotion: { readonly coupon: string }
  readonly active?: boolean | undefined
  readonly code?: string | undefined
  readonly customer?: string | undefined
  readonly expires_at?: number | undefined
  readonly max_redemptions?: number | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly restrictions?:
    | {
        readonly first_time_transaction?: boolean | undefined
        readonly minimum_amount?: number | undefined
        readonly minimum_amount_currency?: string | undefined
      }
    | undefined
}

/** @throws {StripeError} where an active code of these letters exists, or the coupon does not. */
export function createPromotionCode(world: World, input: PromotionCodeInput): PromotionCode {
  const coupon = inParameter(world, 'coupon', input.promotion.coupon, 'promotion[coupon]')
  if (input.customer !== undefined) inParameter(world, 'customer', input.customer, 'customer')
  const active = (input.active ?? true) && coupon.valid
  if (active && input.code !== undefined && activeCode(world, input.code) !== undefined) {
    throw invalidRequest('An active promotion code with that code already exists.', {
      code: 'resource_already_exists',
      param: 'code',
    })
  }
  const { restrictions } = input
  if (
    restrictions?.minimum_amount !== undefined &&
    restrictions.minimum_amount_currency === undefined
  ) {
    throw invalidRequest('You must pass `minimum_amount_currency` with `minimum_amount`.', {
      code: 'parameter_missing',
      param: 'restrictions[minimum_amount_currency]',
    })
  }
  const code: PromotionCode = {
    id: world.id('promo'),
    object: 'promotion_code',
    active,
    code: input.code ?? world.random.text(8).toUpperCase(),
    created: world.now(),
    customer: input.customer ?? null,
    customer_account: null,
    expires_at: input.expires_at ?? null,
    livemode: false,
    max_redemptions: input.max_redemptions ?? null,
    metadata: input.metadata ?? {},
    promotion: { coupon: coupon.id, type: 'coupon' },
    restrictions: {
      first_time_transaction: restrictions?.first_time_transaction ?? false,
      minimum_amount: restrictions?.minimum_amount ?? null,
      minimum_amount_currency: restrictions?.minimum_amount_currency ?? null,
    },
    times_redeemed: 0,
  }
  world.insert('promotion_code', code)
  world.emit('promotion_code.created', code)
  if (code.expires_at !== null) {
    world.schedule(null, { at: code.expires_at, name: 'promotion_code.expire', id: code.id })
  }
  return code
}

/** The active promotion code a customer may type, in any case of letters. */
export function activeCode(world: World, typed: string): PromotionCode | undefined {
  return world
    .where('promotion_code', 'typed', typed.trim().toLowerCase())
    .find((code) => code.active)
}
