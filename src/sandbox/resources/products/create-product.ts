import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Product } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createPrice, type PriceInput } from '../prices/create-price.ts'
import { refusePrice } from '../prices/refuse-price.ts'

export interface ProductInput {
  readonly id?: string | undefined
  readonly name: string
  readonly active?: boolean | undefined
  readonly default_price_data?: Omit<PriceInput, 'product' | 'product_data'> | undefined
  readonly description?: string | undefined
  readonly images?: readonly string[] | undefined
  readonly marketing_features?: readonly { readonly name: string }[] | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly package_dimensions?: Product['package_dimensions'] | undefined
  readonly shippable?: boolean | undefined
  readonly statement_descriptor?: string | undefined
  readonly tax_code?: string | undefined
  readonly tax_details?:
    | {
        readonly performance_location?: string | undefined
        readonly tax_code?: string | null | undefined
      }
    | undefined
  readonly type?: 'good' | 'service' | undefined
  readonly unit_label?: string | undefined
  readonly url?: string | undefined
}

/**
 * Makes a product; with `default_price_data` also its price, which is set as the default after
 * (`product.created`, `price.created`, `product.updated`).
 * @throws {StripeError} where the id is taken.
 */
export function createProduct(world: World, input: ProductInput): Product {
  if (input.id !== undefined && world.get('product', input.id) !== undefined) {
    throw invalidRequest('Product already exists.', {
      code: 'resource_already_exists',
      param: 'id',
    })
  }
  if (input.default_price_data !== undefined) refusePrice(world, input.default_price_data)
  const now = world.now()
  const product: Product = {
    id: input.id ?? world.id('prod', 14),
    object: 'product',
    active: input.active ?? true,
    created: now,
    default_price: null,
    description: input.description ?? null,
    images: input.images ?? [],
    livemode: false,
    marketing_features: input.marketing_features ?? [],
    metadata: input.metadata ?? {},
    name: input.name,
    package_dimensions: input.package_dimensions ?? null,
    shippable: input.shippable ?? null,
    statement_descriptor: input.statement_descriptor ?? null,
    tax_code: input.tax_code ?? null,
    tax_details:
      input.tax_details === undefined
        ? null
        : {
            performance_location: input.tax_details.performance_location ?? null,
            tax_code: input.tax_details.tax_code ?? null,
          },
    type: input.type ?? 'service',
    unit_label: input.unit_label ?? null,
    updated: now,
    url: input.url ?? null,
  }
  world.insert('product', product)
  world.emit('product.created', product)
  if (input.default_price_data === undefined) return product
  const price = createPrice(world, { ...input.default_price_data, product: product.id })
  return world.change('product', product.id, { default_price: price.id }, 'product.updated')
}
