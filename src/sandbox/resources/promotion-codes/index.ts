import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import {
  count,
  createdRange,
  currency,
  flag,
  hash,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PromotionCode } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createPromotionCode } from './create-promotion-code.ts'

const create = route({
  method: 'POST',
  path: '/v1/promotion_codes',
  params: hash({
    promotion: hash({ coupon: text, type: oneOf('coupon') }),
    active: flag.optional(),
    code: text.optional(),
    customer: text.optional(),
    expires_at: timestamp.optional(),
    max_redemptions: count.optional(),
    metadata: metadata.optional(),
    restrictions: hash({
      first_time_transaction: flag.optional(),
      minimum_amount: count.optional(),
      minimum_amount_currency: currency.optional(),
    }).optional(),
  }),
  // Before 2025-09-30.clover the coupon stood alone (stripe-facts §2.2).
  legacy: ({ coupon, ...rest }) =>
    coupon === undefined ? rest : { ...rest, promotion: { coupon, type: 'coupon' } },
  handle: ({ world, params }) => createPromotionCode(world, params),
})

const update = route({
  method: 'POST',
  path: '/v1/promotion_codes/:code',
  params: hash({ active: flag.optional(), metadata: metadata.optional() }),
  handle: ({ world, path, params }) => {
    const code = inCodePath(world, path['code'])
    if (params.active === true && world.get('coupon', code.promotion.coupon)?.valid !== true) {
      throw invalidRequest('This promotion code cannot be activated: its coupon is not valid.', {
        param: 'active',
      })
    }
    return world.change(
      'promotion_code',
      code.id,
      {
        active: params.active ?? code.active,
        metadata: mergeMetadata(code.metadata ?? {}, params.metadata),
      },
      'promotion_code.updated',
    )
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/promotion_codes/:code',
  params: hash({}),
  handle: ({ world, path }) => inCodePath(world, path['code']),
})

const all = route({
  method: 'GET',
  path: '/v1/promotion_codes',
  params: hash({
    ...paging,
    active: flag.optional(),
    code: text.optional(),
    coupon: text.optional(),
    created: createdRange.optional(),
    customer: text.optional(),
  }),
  handle: ({ world, params }) => {
    if (params.coupon !== undefined) inParameter(world, 'coupon', params.coupon, 'coupon')
    return pageOf(
      world.table('promotion_code'),
      params,
      '/v1/promotion_codes',
      (code) =>
        (params.active === undefined || code.active === params.active) &&
        (params.code === undefined || code.code.toLowerCase() === params.code.toLowerCase()) &&
        (params.coupon === undefined || code.promotion.coupon === params.coupon) &&
        (params.customer === undefined || code.customer === params.customer) &&
        isCreatedIn(code.created, params.created),
    )
  },
})

function inCodePath(world: World, id: string | undefined): PromotionCode {
  return inPath(world, 'promotion_code', id, 'promotion code')
}

function expire(world: World, id: string): void {
  if (world.get('promotion_code', id)?.active !== true) return
  world.change('promotion_code', id, { active: false }, 'promotion_code.updated')
}

export const promotionCodes: Module = {
  routes: [create, update, retrieve, all],
  jobs: { 'promotion_code.expire': expire },
}
