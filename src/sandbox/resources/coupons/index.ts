import { z } from 'zod'
import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import {
  count,
  createdRange,
  currency,
  hash,
  list,
  mergeMetadata,
  metadata,
  number,
  oneOf,
  paging,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { Coupon } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { couponTerms } from './coupon-terms.ts'
import { amountsOf, createCoupon } from './create-coupon.ts'

export { discountFor, removeDiscount, switchDiscount, validCoupon } from './discount-for.ts'
export { discountedAmounts } from './discounted-amounts.ts'
export { keepAfterBill, liveDiscounts } from './live-discounts.ts'

const currencyOptions = z.record(z.string(), hash({ amount_off: count }))

const create = route({
  method: 'POST',
  path: '/v1/coupons',
  params: hash({
    amount_off: count.optional(),
    applies_to: hash({ products: list(text).optional() }).optional(),
    currency: currency.optional(),
    currency_options: currencyOptions.optional(),
    duration: oneOf('forever', 'once', 'repeating').optional(),
    duration_in_months: count.optional(),
    id: text.optional(),
    max_redemptions: count.optional(),
    metadata: metadata.optional(),
    name: text.optional(),
    percent_off: number.optional(),
    redeem_by: timestamp.optional(),
  }),
  handle: ({ world, params }) =>
    createCoupon(world, { ...params, metadata: params.metadata ?? {} }),
})

const update = route({
  method: 'POST',
  path: '/v1/coupons/:coupon',
  params: hash({
    currency_options: currencyOptions.optional(),
    metadata: metadata.optional(),
    name: text.optional(),
  }),
  handle: ({ world, path, params }) => {
    const coupon = inPath(world, 'coupon', path['coupon'])
    const terms = couponTerms(world, coupon.id)
    world.patch('~coupon_terms', coupon.id, {
      amounts: { ...terms.amounts, ...amountsOf(params.currency_options) },
    })
    return world.change(
      'coupon',
      coupon.id,
      {
        metadata: mergeMetadata(coupon.metadata ?? {}, params.metadata),
        name: params.name ?? coupon.name,
      },
      'coupon.updated',
    )
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/coupons/:coupon',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'coupon', path['coupon']),
})

const all = route({
  method: 'GET',
  path: '/v1/coupons',
  params: hash({ ...paging, created: createdRange.optional() }),
  handle: ({ world, params }) =>
    pageOf(world.table('coupon'), params, '/v1/coupons', (coupon) =>
      isCreatedIn(coupon.created, params.created),
    ),
})

/** Those who have the discount keep it: only new redemptions end. */
const remove = route({
  method: 'DELETE',
  path: '/v1/coupons/:coupon',
  params: hash({}),
  handle: ({ world, path }) => {
    const coupon = inPath(world, 'coupon', path['coupon'])
    world.remove('coupon', coupon.id)
    const deleted: Coupon = { ...coupon, valid: false }
    world.emit('coupon.deleted', deleted)
    return { id: coupon.id, object: 'coupon', deleted: true }
  },
})

function expire(world: World, id: string): void {
  if (world.get('coupon', id)?.valid !== true) return
  world.change('coupon', id, { valid: false }, 'coupon.updated')
}

export const coupons: Module = {
  routes: [create, update, retrieve, all, remove],
  jobs: { 'coupon.expire': expire },
  includables: {
    coupon: {
      applies_to: (world: World, coupon: Coupon) => {
        const { products } = couponTerms(world, coupon.id)
        return products === null ? undefined : { products }
      },
      currency_options: (world: World, coupon: Coupon) =>
        Object.fromEntries(
          Object.entries(couponTerms(world, coupon.id).amounts).map(([code, amount]) => [
            code,
            { amount_off: amount },
          ]),
        ),
    },
  },
}
