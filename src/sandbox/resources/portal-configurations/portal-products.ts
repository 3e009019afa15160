import { inParameter } from '../../protocol/find.ts'
import type { PortalConfiguration } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { FeaturesInput } from './merge-features.ts'

type Products = NonNullable<PortalConfiguration['features']['subscription_update']['products']>

/** What customers may switch to: shown only to who expands it, and read by the portal page. */
export interface PortalProducts {
  /** The configuration's. */
  readonly id: string
  readonly products: Products
}

/** @throws {StripeError} where a product or price is missing. */
export function readPortalProducts(world: World, input: FeaturesInput): Products | undefined {
  return input.subscription_update?.products?.map((offer, at) => {
    const param = `features[subscription_update][products][${String(at)}]`
    inParameter(world, 'product', offer.product, `${param}[product]`)
    for (const price of offer.prices) inParameter(world, 'price', price, `${param}[prices]`)
    const { adjustable_quantity: quantity } = offer
    return {
      adjustable_quantity: {
        enabled: quantity?.enabled ?? false,
        maximum: quantity?.maximum ?? null,
        minimum: quantity?.minimum ?? 1,
      },
      prices: offer.prices,
      product: offer.product,
    }
  })
}

export function portalProducts(world: World, configuration: string): Products {
  return world.get('~portal_products', configuration)?.products ?? []
}
