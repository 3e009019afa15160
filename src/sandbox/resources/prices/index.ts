import { z } from 'zod'
import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
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
import type { Price } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createPrice } from './create-price.ts'
import {
  currencyOptionParams,
  currencyOptionsParams,
  customUnitAmountParams,
  productDataParams,
  recurringParams,
  taxBehavior,
  tierParams,
  transformParams,
} from './parameters.ts'
import { productInput } from './product-input.ts'
import { unseenOf } from './unseen.ts'
import { updatePrice } from './update-price.ts'

const create = route({
  method: 'POST',
  path: '/v1/prices',
  params: hash({
    currency,
    active: flag.optional(),
    billing_scheme: oneOf('per_unit', 'tiered').optional(),
    currency_options: currencyOptionsParams.optional(),
    custom_unit_amount: customUnitAmountParams.optional(),
    lookup_key: text.optional(),
    metadata: metadata.optional(),
    nickname: text.optional(),
    product: text.optional(),
    product_data: productDataParams.optional(),
    recurring: recurringParams.optional(),
    tax_behavior: taxBehavior.optional(),
    tiers: list(tierParams).optional(),
    tiers_mode: oneOf('graduated', 'volume').optional(),
    transfer_lookup_key: flag.optional(),
    transform_quantity: transformParams.optional(),
    unit_amount: count.optional(),
    unit_amount_decimal: decimal.optional(),
  }),
  handle: ({ world, params }) =>
    createPrice(world, {
      ...params,
      metadata: params.metadata ?? {},
      product_data:
        params.product_data === undefined ? undefined : productInput(params.product_data),
    }),
})

const update = route({
  method: 'POST',
  path: '/v1/prices/:price',
  params: hash({
    active: flag.optional(),
    currency_options: clearable(z.record(z.string(), clearable(currencyOptionParams))).optional(),
    lookup_key: clearable(text).optional(),
    metadata: metadata.optional(),
    nickname: clearable(text).optional(),
    tax_behavior: taxBehavior.optional(),
    transfer_lookup_key: flag.optional(),
  }),
  handle: ({ world, path, params }) =>
    updatePrice(world, inPath(world, 'price', path['price']), params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/prices/:price',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'price', path['price']),
})

const all = route({
  method: 'GET',
  path: '/v1/prices',
  params: hash({
    ...paging,
    active: flag.optional(),
    created: createdRange.optional(),
    currency: currency.optional(),
    lookup_keys: list(text).optional(),
    product: text.optional(),
    recurring: hash({
      interval: oneOf('day', 'week', 'month', 'year').optional(),
      meter: text.optional(),
      usage_type: oneOf('licensed', 'metered').optional(),
    }).optional(),
    type: oneOf('one_time', 'recurring').optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('price'),
      params,
      '/v1/prices',
      (price) =>
        same(params.active, price.active) &&
        same(params.currency, price.currency) &&
        same(params.product, price.product) &&
        same(params.type, price.type) &&
        same(params.recurring?.interval, price.recurring?.interval) &&
        same(params.recurring?.meter, price.recurring?.meter) &&
        same(params.recurring?.usage_type, price.recurring?.usage_type) &&
        (params.lookup_keys === undefined ||
          (price.lookup_key !== null && params.lookup_keys.includes(price.lookup_key))) &&
        isCreatedIn(price.created, params.created),
    ),
})

function same(asked: unknown, value: unknown): boolean {
  return asked === undefined || asked === value
}

export const prices: Module = {
  routes: [create, update, retrieve, all],
  includables: {
    price: {
      currency_options: (_world: World, price: Price) => unseenOf(price).currencyOptions,
      tiers: (_world: World, price: Price) => unseenOf(price).tiers,
    },
  },
}
