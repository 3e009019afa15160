import { inParameter } from '../../protocol/find.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Product } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { ProductInput } from './create-product.ts'

export type ProductChange = {
  readonly [
    Field in Exclude<keyof ProductInput, 'id' | 'default_price_data' | 'type' | 'metadata'>
  ]?: ProductInput[Field] | null | undefined
} & {
  readonly default_price?: string | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
}

export function updateProduct(world: World, product: Product, change: ProductChange): Product {
  const { metadata, default_price: price, tax_details: tax, ...rest } = change
  if (typeof price === 'string') {
    const { product: owner } = inParameter(world, 'price', price, 'default_price')
    if (owner !== product.id) {
      throw invalidRequest(`The price ${price} belongs to another product.`, {
        param: 'default_price',
      })
    }
  }
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const fields = {
    ...given,
    ...(price === undefined ? {} : { default_price: price }),
    ...(tax === undefined
      ? {}
      : {
          tax_details:
            tax === null
              ? null
              : {
                  performance_location: tax.performance_location ?? null,
                  tax_code: tax.tax_code ?? null,
                },
        }),
    metadata: mergeMetadata(product.metadata, metadata),
  } as Partial<Product>
  const isChanged = Object.entries(fields).some(
    ([key, value]) =>
      JSON.stringify(value) !==
      JSON.stringify((product as unknown as Record<string, unknown>)[key]),
  )
  if (!isChanged) return product
  return world.change('product', product.id, { ...fields, updated: world.now() }, 'product.updated')
}
