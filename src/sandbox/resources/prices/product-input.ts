import type { z } from 'zod'
import type { ProductInput } from '../products/create-product.ts'
import type { productDataParams } from './parameters.ts'

/** A product as `product_data` asks for it. */
export function productInput(data: z.output<typeof productDataParams>): ProductInput {
  const { metadata, ...rest } = data
  return { ...rest, metadata: metadata ?? {} }
}
