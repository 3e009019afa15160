import type { CatalogDefinition } from '../../src/core/catalog.ts'

/** As another release has it. */
export function withoutFeature(feature: string): CatalogDefinition {
  const features = Object.entries(USAGE_CATALOG.features).filter(([name]) => name !== feature)
  return { ...USAGE_CATALOG, features: Object.fromEntries(features) }
}

/** Something metered, something on credit, and something that cannot be used up. */
export const USAGE_CATALOG: CatalogDefinition = {
  features: {
    calls: { type: 'metered', meter: 'api_calls' },
    minutes: { type: 'metered' },
    tokens: { type: 'credits' },
    reports: { type: 'flag' },
    seats: { type: 'quantity' },
  },
  products: {
    calls: { match: { prices: ['price_calls'] }, grants: { calls: { limit: 500 } } },
    moreCalls: { match: { prices: ['price_calls_more'] }, grants: { calls: { limit: 1000 } } },
    usage: {
      match: { prices: ['price_usage'] },
      grants: { calls: { limit: 100, overage: 'bill' } },
    },
    pro: { match: { prices: ['price_pro'] }, grants: { reports: true, seats: 'quantity' } },
    pack: { match: { prices: ['price_lifetime'] }, grants: { tokens: { amount: 1000 } } },
  },
}
