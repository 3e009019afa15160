import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { pageOf } from '../../protocol/list.ts'
import {
  clearable,
  flag,
  hash,
  mergeMetadata,
  metadata,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PortalConfiguration } from '../../tables.ts'
import { previousAttributes } from '../../world/previous-attributes.ts'
import type { World } from '../../world/world.ts'
import {
  createConfiguration,
  defaultPortalConfiguration,
  loginPage,
} from './create-configuration.ts'
import { mergeFeatures } from './merge-features.ts'
import { businessProfileParams, featuresParams } from './parameters.ts'
import { portalProducts, readPortalProducts } from './portal-products.ts'

export { defaultPortalConfiguration } from './create-configuration.ts'
export { portalProducts } from './portal-products.ts'

const create = route({
  method: 'POST',
  path: '/v1/billing_portal/configurations',
  params: hash({
    features: featuresParams,
    business_profile: businessProfileParams.optional(),
    default_return_url: clearable(text).optional(),
    login_page: hash({ enabled: flag }).optional(),
    metadata: metadata.optional(),
    name: clearable(text).optional(),
  }),
  handle: ({ world, params, baseUrl }) => {
    const products = readPortalProducts(world, params.features)
    defaultPortalConfiguration(world)
    const configuration = createConfiguration(world, params, baseUrl)
    if (products !== undefined) {
      world.insert('~portal_products', { id: configuration.id, products })
    }
    return configuration
  },
})

const update = route({
  method: 'POST',
  path: '/v1/billing_portal/configurations/:configuration',
  params: hash({
    active: flag.optional(),
    features: featuresParams.optional(),
    business_profile: businessProfileParams.optional(),
    default_return_url: clearable(text).optional(),
    login_page: hash({ enabled: flag }).optional(),
    metadata: metadata.optional(),
    name: clearable(text).optional(),
  }),
  handle: ({ world, path, params, baseUrl }) => {
    const before = inPath(world, 'billing_portal.configuration', path['configuration'])
    if (params.active === false && before.is_default) {
      throw invalidRequest('The default configuration cannot be deactivated.', { param: 'active' })
    }
    const products = readPortalProducts(world, params.features ?? {})
    if (products !== undefined) world.insert('~portal_products', { id: before.id, products })
    const fields = {
      active: params.active ?? before.active,
      features: mergeFeatures(before.features, params.features ?? {}),
      business_profile: {
        ...before.business_profile,
        ...Object.fromEntries(
          Object.entries(params.business_profile ?? {}).filter(([, value]) => value !== undefined),
        ),
      },
      default_return_url:
        params.default_return_url === undefined
          ? before.default_return_url
          : params.default_return_url,
      login_page:
        params.login_page === undefined
          ? before.login_page
          : loginPage(before.id, params.login_page.enabled, baseUrl),
      metadata: mergeMetadata(before.metadata ?? {}, params.metadata),
      name: params.name === undefined ? before.name : params.name,
    }
    if (previousAttributes(before, { ...before, ...fields }) === undefined) return before
    return world.change(
      'billing_portal.configuration',
      before.id,
      { ...fields, updated: world.now() },
      'billing_portal.configuration.updated',
    )
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/billing_portal/configurations/:configuration',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'billing_portal.configuration', path['configuration']),
})

const all = route({
  method: 'GET',
  path: '/v1/billing_portal/configurations',
  params: hash({ ...paging, active: flag.optional(), is_default: flag.optional() }),
  handle: ({ world, params }) => {
    defaultPortalConfiguration(world)
    return pageOf(
      world.table('billing_portal.configuration'),
      params,
      '/v1/billing_portal/configurations',
      (configuration) =>
        (params.active === undefined || configuration.active === params.active) &&
        (params.is_default === undefined || configuration.is_default === params.is_default),
    )
  },
})

export const portalConfigurations: Module = {
  routes: [create, update, retrieve, all],
  includables: {
    'billing_portal.configuration': {
      'features.subscription_update.products': (world: World, { id }: PortalConfiguration) =>
        portalProducts(world, id),
    },
  },
}
