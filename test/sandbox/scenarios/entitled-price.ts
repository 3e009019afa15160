import type Stripe from 'stripe'
import type { Stage, Told } from './stage.ts'

export const SUMMARY = 'entitlements.active_entitlement_summary.updated'

/** A monthly price of a product that gives these features; each feature is made anew. */
export async function entitledPrice(stage: Stage, ...keys: string[]): Promise<Stripe.Price> {
  const product = await stage.api.products.create({ name: 'Pro' })
  for (const key of keys) await attachFeature(stage, product.id, key)
  return stage.api.prices.create({
    currency: 'usd',
    unit_amount: 2_900,
    recurring: { interval: 'month' },
    product: product.id,
  })
}

/** Gives a product a feature; the id is that of the attachment. */
export async function attachFeature(stage: Stage, product: string, key: string): Promise<string> {
  const feature = await stage.api.entitlements.features.create({ lookup_key: key, name: key })
  const { id } = await stage.api.products.createFeature(product, {
    entitlement_feature: feature.id,
  })
  return id
}

/** The features a summary lists, and those it listed before. */
export function featuresOf({ object, previous }: Told): { now: string[]; before: string[] } {
  return { now: keys(object['entitlements']), before: keys(previous?.['entitlements']) }
}

function keys(list: unknown): string[] {
  return (list as { data: { lookup_key: string }[] }).data.map((entry) => entry.lookup_key)
}
