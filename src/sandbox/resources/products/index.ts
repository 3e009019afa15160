import { z } from 'zod'
import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import {
  clearable,
  createdRange,
  flag,
  hash,
  list,
  mergeMetadata,
  metadata,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { createProduct } from './create-product.ts'

const create = route({
  method: 'POST',
  path: '/v1/products',
  params: hash({
    id: text.optional(),
    name: text,
    active: flag.optional(),
    description: text.optional(),
    images: list(text).optional(),
    marketing_features: list(hash({ name: text })).optional(),
    metadata: metadata.optional(),
    statement_descriptor: text.optional(),
    tax_code: text.optional(),
    unit_label: text.optional(),
    url: text.optional(),
  }),
  handle: ({ world, params }) => {
    if (params.id !== undefined && world.get('product', params.id) !== undefined) {
      throw invalidRequest('Product already exists.', {
        code: 'resource_already_exists',
        param: 'id',
      })
    }
    return createProduct(world, { ...params, metadata: params.metadata ?? {} })
  },
})

const update = route({
  method: 'POST',
  path: '/v1/products/:product',
  params: hash({
    name: text.optional(),
    active: flag.optional(),
    default_price: text.optional(),
    description: clearable(text).optional(),
    metadata: metadata.optional(),
    unit_label: clearable(text).optional(),
    url: clearable(text).optional(),
  }),
  handle: ({ world, path, params }) => {
    const product = inPath(world, 'product', path['product'])
    const { metadata: change, ...fields } = params
    return world.change(
      'product',
      product.id,
      {
        ...fields,
        metadata: mergeMetadata(product.metadata, change),
        updated: world.now(),
      } as object,
      'product.updated',
    )
  },
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

export const products: Module = { routes: [create, update, retrieve, all, remove] }
