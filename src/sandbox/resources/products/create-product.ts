import type { Product } from '../../tables.ts'
import type { World } from '../../world/world.ts'

export interface ProductInput {
  readonly id?: string | undefined
  readonly name: string
  readonly active?: boolean | undefined
  readonly description?: string | undefined
  readonly images?: readonly string[] | undefined
  readonly marketing_features?: readonly { readonly name: string }[] | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly statement_descriptor?: string | undefined
  readonly tax_code?: string | undefined
  readonly unit_label?: string | undefined
  readonly url?: string | undefined
}

export function createProduct(world: World, input: ProductInput): Product {
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
    package_dimensions: null,
    shippable: null,
    statement_descriptor: input.statement_descriptor ?? null,
    tax_code: input.tax_code ?? null,
    tax_details: null,
    type: 'service',
    unit_label: input.unit_label ?? null,
    updated: now,
    url: input.url ?? null,
  }
  world.insert('product', product)
  world.emit('product.created', product)
  return product
}
