import { z } from 'zod'
import type { Module } from '../../module.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import {
  clearable,
  count,
  createdRange,
  currency,
  decimal,
  flag,
  hash,
  list,
  metadata,
  oneOf,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { Plan, Price } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createPrice } from '../prices/create-price.ts'
import { productDataParams, tierParams, transformParams } from '../prices/parameters.ts'
import { planOf } from '../prices/plan-of.ts'
import { productInput } from '../prices/product-input.ts'
import { unseenOf } from '../prices/unseen.ts'
import { updatePrice } from '../prices/update-price.ts'

/** Plans are the older face of recurring prices: one object, two names. */

const create = route({
  method: 'POST',
  path: '/v1/plans',
  params: hash({
    currency,
    interval: oneOf('day', 'week', 'month', 'year'),
    active: flag.optional(),
    amount: count.optional(),
    amount_decimal: decimal.optional(),
    billing_scheme: oneOf('per_unit', 'tiered').optional(),
    id: text.optional(),
    interval_count: count.optional(),
    metadata: metadata.optional(),
    meter: text.optional(),
    nickname: text.optional(),
    product: z.union([text, productDataParams]).optional(),
    tiers: list(tierParams).optional(),
    tiers_mode: oneOf('graduated', 'volume').optional(),
    transform_usage: transformParams.optional(),
    trial_period_days: count.optional(),
    usage_type: oneOf('licensed', 'metered').optional(),
  }),
  handle: ({ world, params }) => {
    if (params.id !== undefined && world.get('price', params.id) !== undefined) {
      throw invalidRequest('Plan already exists.', { code: 'resource_already_exists', param: 'id' })
    }
    const { product } = params
    return asPlan(
      createPrice(world, {
        id: params.id ?? world.id('plan'),
        currency: params.currency,
        active: params.active,
        billing_scheme: params.billing_scheme,
        metadata: params.metadata ?? {},
        nickname: params.nickname,
        ...(typeof product === 'object' ? { product_data: productInput(product) } : { product }),
        recurring: {
          interval: params.interval,
          interval_count: params.interval_count,
          meter: params.meter,
          trial_period_days: params.trial_period_days,
          usage_type: params.usage_type,
        },
        tiers: params.tiers,
        tiers_mode: params.tiers_mode,
        transform_quantity: params.transform_usage,
        unit_amount: params.amount,
        unit_amount_decimal: params.amount_decimal,
      }),
    )
  },
})

const update = route({
  method: 'POST',
  path: '/v1/plans/:plan',
  params: hash({
    active: flag.optional(),
    metadata: metadata.optional(),
    nickname: clearable(text).optional(),
    product: text.optional(),
    trial_period_days: count.optional(),
  }),
  handle: ({ world, path, params }) =>
    asPlan(updatePrice(world, inPlanPath(world, path['plan']), params)),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/plans/:plan',
  params: hash({}),
  handle: ({ world, path }) => asPlan(inPlanPath(world, path['plan'])),
})

const all = route({
  method: 'GET',
  path: '/v1/plans',
  params: hash({
    ...paging,
    active: flag.optional(),
    created: createdRange.optional(),
    product: text.optional(),
  }),
  handle: ({ world, params }) => {
    const page = pageOf(
      world.table('price'),
      params,
      '/v1/plans',
      (price) =>
        price.recurring !== null &&
        (params.active === undefined || params.active === price.active) &&
        (params.product === undefined || params.product === price.product) &&
        isCreatedIn(price.created, params.created),
    )
    return { ...page, data: page.data.map(asPlan) }
  },
})

const remove = route({
  method: 'DELETE',
  path: '/v1/plans/:plan',
  params: hash({}),
  handle: ({ world, path }) => {
    const price = inPlanPath(world, path['plan'])
    world.remove('price', price.id)
    world.emit('plan.deleted', asPlan(price))
    world.emit('price.deleted', price)
    return { id: price.id, object: 'plan', deleted: true }
  },
})

function inPlanPath(world: World, id: string | undefined): Price {
  const price = world.get('price', id)
  if (price === undefined || price.recurring === null) throw missing('plan', id ?? '', 'plan')
  return price
}

function asPlan(price: Price): Plan {
  const plan = planOf(price)
  if (plan === null) throw new Error(`${price.id} is no recurring price`)
  return plan
}

export const plans: Module = {
  routes: [create, update, retrieve, all, remove],
  includables: {
    plan: {
      tiers: (world: World, plan: Plan) => {
        const price = world.get('price', plan.id)
        return price === undefined ? undefined : unseenOf(price).tiers
      },
    },
  },
}
