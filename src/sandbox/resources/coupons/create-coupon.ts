import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Coupon } from '../../tables.ts'
import type { World } from '../../world/world.ts'

export interface CouponInput {
  readonly id?: string | undefined
  readonly amount_off?: number | undefined
  readonly applies_to?: { readonly products?: readonly string[] | undefined } | undefined
  readonly currency?: string | undefined
  readonly currency_options?: Readonly<Record<string, { readonly amount_off: number }>> | undefined
  readonly duration?: 'forever' | 'once' | 'repeating' | undefined
  readonly duration_in_months?: number | undefined
  readonly max_redemptions?: number | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly name?: string | undefined
  readonly percent_off?: number | undefined
  readonly redeem_by?: number | undefined
}

/** @throws {StripeError} where the parameters contradict each other. */
export function createCoupon(world: World, input: CouponInput): Coupon {
  refuse(world, input)
  const coupon: Coupon = {
    id: input.id ?? world.random.text(8),
    object: 'coupon',
    amount_off: input.amount_off ?? null,
    created: world.now(),
    currency: input.amount_off === undefined ? null : (input.currency ?? null),
    duration: input.duration ?? 'once',
    duration_in_months: input.duration_in_months ?? null,
    livemode: false,
    max_redemptions: input.max_redemptions ?? null,
    metadata: input.metadata ?? {},
    name: input.name ?? null,
    percent_off: input.percent_off ?? null,
    redeem_by: input.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  }
  const own =
    input.amount_off === undefined || input.currency === undefined
      ? {}
      : { [input.currency]: input.amount_off }
  world.insert('~coupon_terms', {
    id: coupon.id,
    percent_off: coupon.percent_off,
    amount_off: coupon.amount_off,
    currency: coupon.currency,
    duration: coupon.duration,
    duration_in_months: coupon.duration_in_months,
    products: input.applies_to?.products ?? null,
    amounts: { ...amountsOf(input.currency_options), ...own },
  })
  world.insert('coupon', coupon)
  world.emit('coupon.created', coupon)
  if (coupon.redeem_by !== null) {
    world.schedule(null, { at: coupon.redeem_by, name: 'coupon.expire', id: coupon.id })
  }
  return coupon
}

export function amountsOf(
  options: Readonly<Record<string, { readonly amount_off: number }>> | undefined,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(options ?? {}).map(([currency, option]) => [
      currency.toLowerCase(),
      option.amount_off,
    ]),
  )
}

function refuse(world: World, input: CouponInput): void {
  if (input.id !== undefined && world.get('coupon', input.id) !== undefined) {
    throw invalidRequest('Coupon already exists.', {
      code: 'resource_already_exists',
      param: 'id',
    })
  }
  if ((input.percent_off === undefined) === (input.amount_off === undefined)) {
    throw invalidRequest(
      input.percent_off === undefined
        ? 'You must specify either `percent_off` or `amount_off`.'
        : 'You may only specify one of these parameters: percent_off, amount_off.',
      { param: 'percent_off' },
    )
  }
  if (input.percent_off !== undefined && (input.percent_off <= 0 || input.percent_off > 100)) {
    throw invalidRequest('Invalid percent_off: must be greater than 0 and at most 100.', {
      param: 'percent_off',
    })
  }
  if (input.amount_off !== undefined) {
    if (input.amount_off <= 0) {
      throw invalidRequest('This value must be greater than or equal to 1.', {
        code: 'parameter_invalid_integer',
        param: 'amount_off',
      })
    }
    if (input.currency === undefined) {
      throw invalidRequest('You must pass `currency` when passing `amount_off`.', {
        code: 'parameter_missing',
        param: 'currency',
      })
    }
  }
  if ((input.duration === 'repeating') !== (input.duration_in_months !== undefined)) {
    throw invalidRequest('`duration_in_months` belongs to `duration=repeating`, which needs it.', {
      param: 'duration_in_months',
    })
  }
  if (input.redeem_by !== undefined && input.redeem_by <= world.now()) {
    throw invalidRequest('`redeem_by` must be in the future.', { param: 'redeem_by' })
  }
  for (const product of input.applies_to?.products ?? []) {
    inParameter(world, 'product', product, 'applies_to[products]')
  }
}
