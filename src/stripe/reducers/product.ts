import type { ProductState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'

export function reduceProduct(fields: Fields, eventType: string): ProductState {
  const isDeleted = fields.flag('deleted') ?? eventType === 'product.deleted'
  return {
    isActive: fields.flag('active') ?? !isDeleted,
    isDeleted,
    name: fields.text('name'),
  }
}
