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
  number,
  oneOf,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import {
  currencyOptionsParams,
  customUnitAmountParams,
  taxBehavior,
  taxDetailsParams,
} from '../prices/parameters.ts'
import { createProduct } from './create-product.ts'
import { productFeatureRoutes } from './product-features.ts'
import { updateProduct } from './update-product.ts'

const packageDimensions = hash({ height: number, length: number, weight: number, width: number })

const create = route({
  method: 'POST',
  path: '/v1/products',
  params: hash({
    id: text.optional(),
    name: text,
    active: flag.optional(),
    default_price_data: hash({
      currency,
      currency_options: currencyOptionsParams.optional(),
      custom_unit_amount: customUnitAmountParams.optional(),
      metadata: metadata.optional(),
      recurring: hash({
        interval: oneOf('day', 'week', 'month', 'year'),
        interval_count: count.optional(),
      }).optional(),
      tax_behavior: taxBehavior.optional(),
      unit_amount: count.optional(),
      unit_amount_decimal: decimal.optional(),
    }).optional(),
    description: text.optional(),
    images: list(text).optional(),
    marketing_features: list(hash({ name: text })).optional(),
    metadata: metadata.optional(),
    package_dimensions: packageDimensions.optional(),
    shippable: flag.optional(),
    statement_descriptor: text.optional(),
    tax_code: text.optional(),
    tax_details: taxDetailsParams.optional(),
    type: oneOf('good', 'service').optional(),
    unit_label: text.optional(),
    url: text.optional(),
  }),
  // Renamed in 2024-04-10 (stripe-facts §2.2).
  legacy: ({ features, ...rest }) =>
    features === undefined ? rest : { ...rest, marketing_features: features },
  handle: ({ world, params }) =>
    createProduct(world, {
      ...params,
      metadata: params.metadata ?? {},
      default_price_data:
        params.default_price_data === undefined
          ? undefined
          : {
              ...params.default_price_data,
              metadata: params.default_price_data.metadata ?? {},
            },
    }),
})

const update = route({
  method: 'POST',
  path: '/v1/products/:product',
  params: hash({
    name: text.optional(),
    active: flag.optional(),
    default_price: clearable(text).optional(),
    description: clearable(text).optional(),
    images: list(text).optional(),
    marketing_features: list(hash({ name: text })).optional(),
    metadata: metadata.optional(),
    package_dimensions: clearable(packageDimensions).optional(),
    shippable: flag.optional(),
    statement_descriptor: text.optional(),
    tax_code: clearable(text).optional(),
    tax_details: clearable(taxDetailsParams).optional(),
    unit_label: clearable(text).optional(),
    url: clearable(text).optional(),
  }),
  legacy: ({ features, ...rest }) =>
    features === undefined ? rest : { ...rest, marketing_features: features },
  handle: ({ world, path, params }) =>
    updateProduct(world, inPath(world, 'product', path['product']), params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/products/:product',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'product', path['product']),
})

const all = route({
  method: 'GET',
  path: '/v1/products',
  params: hash({
    ...paging,
    active: flag.optional(),
    ids: list(text).optional(),
    created: createdRange.optional(),
    shippable: flag.optional(),
    type: oneOf('good', 'service').optional(),
    url: text.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('product'),
      params,
      '/v1/products',
      (product) =>
        (params.active === undefined || product.active === params.active) &&
        (params.ids === undefined || params.ids.includes(product.id)) &&
        (params.shippable === undefined || product.shippable === params.shippable) &&
        (params.type === undefined || product.type === params.type) &&
        (params.url === undefined || product.url === params.url) &&
        isCreatedIn(product.created, params.created),
    ),
})

const remove = route({
  method: 'DELETE',
  path: '/v1/products/:product',
  params: z.strictObject({}),
  handle: ({ world, path }) => {
    const product = inPath(world, 'product', path['product'])
    if (world.where('price', 'product', product.id).length > 0) {
      throw invalidRequest(
        'This product cannot be deleted because it has one or more user-created prices.',
      )
    }
    world.remove('product', product.id)
    world.emit('product.deleted', product)
    return { id: product.id, object: 'product', deleted: true }
  },
})

export const products: Module = {
  routes: [create, update, retrieve, all, remove, ...productFeatureRoutes],
}
