import { inParameter, inPath } from '../../protocol/find.ts'
import { pageOfValues } from '../../protocol/list.ts'
import { hash, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { ProductFeature } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** Features attached to a product: they count for its buyers from their next period on (row 91). */

const attach = route({
  method: 'POST',
  path: '/v1/products/:product/features',
  params: hash({ entitlement_feature: text }),
  handle: ({ world, path, params }) => {
    const product = inPath(world, 'product', path['product'])
    const feature = inParameter(
      world,
      'entitlements.feature',
      params.entitlement_feature,
      'entitlement_feature',
    )
    const isAttached = world
      .where('~product_feature', 'product', product.id)
      .some((attached) => attached.feature === feature.id)
    if (isAttached) {
      throw invalidRequest('This feature is already attached to the product.', {
        code: 'resource_already_exists',
        param: 'entitlement_feature',
      })
    }
    const id = world.id('prodft_test')
    world.insert('~product_feature', { id, product: product.id, feature: feature.id })
    return shown(world, id)
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/products/:product/features/:feature',
  params: hash({}),
  handle: ({ world, path }) => shown(world, attachedTo(world, path)),
})

const all = route({
  method: 'GET',
  path: '/v1/products/:product/features',
  params: hash(paging),
  handle: ({ world, path, params }) => {
    const product = inPath(world, 'product', path['product'])
    const attached = world.where('~product_feature', 'product', product.id).reverse()
    return pageOfValues(
      attached.map(({ id }) => shown(world, id)),
      params,
      `/v1/products/${product.id}/features`,
    )
  },
})

const detach = route({
  method: 'DELETE',
  path: '/v1/products/:product/features/:feature',
  params: hash({}),
  handle: ({ world, path }) => {
    const id = attachedTo(world, path)
    world.remove('~product_feature', id)
    return { id, object: 'product_feature', deleted: true }
  },
})

function attachedTo(world: World, path: Readonly<Record<string, string>>): string {
  const product = inPath(world, 'product', path['product'])
  const attached = world.get('~product_feature', path['feature'])
  if (attached?.product !== product.id) throw missing('product_feature', path['feature'] ?? '')
  return attached.id
}

function shown(world: World, id: string): ProductFeature {
  const { feature } = world.must('~product_feature', id)
  return {
    id,
    object: 'product_feature',
    entitlement_feature: world.must('entitlements.feature', feature),
    livemode: false,
  }
}

export const productFeatureRoutes = [attach, retrieve, all, detach]
