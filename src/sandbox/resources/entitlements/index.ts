import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { pageOf, pageOfValues } from '../../protocol/list.ts'
import { flag, hash, mergeMetadata, metadata, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Feature } from '../../tables.ts'
import { activeEntitlements, entitle } from './entitle.ts'

const create = route({
  method: 'POST',
  path: '/v1/entitlements/features',
  params: hash({ lookup_key: text, name: text, metadata: metadata.optional() }),
  handle: ({ world, params }) => {
    const [taken] = world.where('entitlements.feature', 'lookup_key', params.lookup_key)
    if (taken !== undefined) {
      throw invalidRequest(`A feature (${taken.id}) already uses that lookup key.`, {
        code: 'resource_already_exists',
        param: 'lookup_key',
      })
    }
    const feature: Feature = {
      id: world.id('feat_test'),
      object: 'entitlements.feature',
      active: true,
      livemode: false,
      lookup_key: params.lookup_key,
      metadata: params.metadata ?? {},
      name: params.name,
    }
    return world.insert('entitlements.feature', feature)
  },
})

/** Stripe has no event for features themselves. An archived one stays with those who have it. */
const update = route({
  method: 'POST',
  path: '/v1/entitlements/features/:feature',
  params: hash({
    active: flag.optional(),
    metadata: metadata.optional(),
    name: text.optional(),
  }),
  handle: ({ world, path, params }) => {
    const feature = inPath(world, 'entitlements.feature', path['feature'])
    return world.patch('entitlements.feature', feature.id, {
      active: params.active ?? feature.active,
      metadata: mergeMetadata(feature.metadata, params.metadata),
      name: params.name ?? feature.name,
    })
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/entitlements/features/:feature',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'entitlements.feature', path['feature']),
})

const all = route({
  method: 'GET',
  path: '/v1/entitlements/features',
  params: hash({ ...paging, archived: flag.optional(), lookup_key: text.optional() }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('entitlements.feature'),
      params,
      '/v1/entitlements/features',
      (feature) =>
        feature.active !== (params.archived ?? false) &&
        (params.lookup_key === undefined || feature.lookup_key === params.lookup_key),
    ),
})

const active = route({
  method: 'GET',
  path: '/v1/entitlements/active_entitlements',
  params: hash({ ...paging, customer: text }),
  handle: ({ world, params }) => {
    inParameter(world, 'customer', params.customer, 'customer')
    return pageOfValues(
      activeEntitlements(world, params.customer),
      params,
      '/v1/entitlements/active_entitlements',
    )
  },
})

const retrieveActive = route({
  method: 'GET',
  path: '/v1/entitlements/active_entitlements/:entitlement',
  params: hash({}),
  handle: ({ world, path }) =>
    inPath(world, 'entitlements.active_entitlement', path['entitlement']),
})

export const entitlements: Module = {
  routes: [create, update, retrieve, all, active, retrieveActive],
  reactions: {
    'subscription.changed': (world, { id }) => {
      const subscription = world.get('subscription', id)
      if (subscription !== undefined) entitle(world, subscription.customer)
    },
  },
}
