import type { PriceState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { isMeteredPrice } from './bought-price.ts'

/** A price, or a plan, which is a recurring price under its older name and with the same id. */
export function reducePrice(fields: Fields, eventType: string): PriceState {
  const isDeleted =
    fields.flag('deleted') ?? (eventType === 'price.deleted' || eventType === 'plan.deleted')
  return {
    isActive: fields.flag('active') ?? !isDeleted,
    isDeleted,
    product: fields.id('product'),
    lookupKey: fields.text('lookup_key'),
    unitAmount: fields.integer('unit_amount') ?? fields.integer('amount'),
    isRecurring: fields.child('recurring').isPresent || fields.text('object') === 'plan',
    isMetered: isMeteredPrice(fields),
  }
}
