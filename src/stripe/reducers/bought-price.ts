import type { BoughtPrice } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'

/**
 * What was bought, in any of the three shapes: `pricing.price_details` (basil and later), `price`
 * (2020-08 and later) or `plan`. The new shape names ids only, so a lookup key is mostly unknown.
 */
export function boughtPrice(fields: Fields): BoughtPrice {
  const details = fields.child('pricing').child('price_details')
  const price = priceObject(fields)
  return {
    price: details.id('price') ?? fields.id('price') ?? fields.id('plan'),
    product: details.id('product') ?? price.id('product'),
    lookupKey: price.text('lookup_key'),
    // Metered items have no quantity; everything else states its own, zero included.
    quantity: fields.integer('quantity') ?? 1,
  }
}

/** The expanded price or plan, absent where only an id is given. */
export function priceObject(fields: Fields): Fields {
  const price = fields.child('pricing').child('price_details').expanded('price')
  if (price.isPresent) return price
  const older = fields.expanded('price')
  return older.isPresent ? older : fields.expanded('plan')
}

/** `price.recurring.usage_type`, on a plan `usage_type` itself. */
export function isMeteredPrice(price: Fields): boolean {
  return (price.child('recurring').text('usage_type') ?? price.text('usage_type')) === 'metered'
}
