import { isBefore } from '../protocol/versions.ts'
import { fieldsOf, idOf, without, type OldShape } from './old-shape.ts'

/** `aggregate_usage` went with usage records (stripe-facts §2.2, basil). */
export const oldPrice: OldShape = (_, price) =>
  (price['recurring'] ?? null) === null
    ? price
    : { ...price, recurring: { aggregate_usage: null, ...fieldsOf(price['recurring']) } }

export const oldPlan: OldShape = (_, plan) => ({ aggregate_usage: null, ...plan })

export const oldProduct: OldShape = ({ version }, product) => ({
  ...without(product, 'tax_details'),
  attributes: [],
  // Renamed in 2024-04-10 (stripe-facts §2.2).
  ...(isBefore(version, '2024-04-10') ? { features: product['marketing_features'] ?? [] } : {}),
})

/** `discount.coupon`, whole, became `discount.source.coupon` in clover. */
export const oldDiscount: OldShape = ({ world }, discount) => ({
  ...without(discount, 'source', 'customer_account'),
  coupon: coupon(world, fieldsOf(discount['source'])['coupon']),
})

export const oldPromotionCode: OldShape = ({ world }, code) => ({
  ...without(code, 'promotion', 'customer_account'),
  coupon: coupon(world, fieldsOf(code['promotion'])['coupon']),
})

function coupon(world: Parameters<OldShape>[0]['world'], value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null
  return world.get('coupon', idOf(value)) ?? value
}

/** A discount by its id, as the older `discount` fields hold it: whole. */
export function wholeDiscount(
  world: Parameters<OldShape>[0]['world'],
  discounts: readonly unknown[],
): unknown {
  const [first] = discounts
  return typeof first === 'string' ? (world.get('discount', first) ?? null) : (first ?? null)
}
