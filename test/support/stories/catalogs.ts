import type { CatalogDefinition, Policy } from '../../../src/core/catalog.ts'
import { price } from '../stripe/price.ts'

export const PRO = price('price_pro', { unitAmount: 2000 })
export const PRO_YEARLY = price('price_pro_yearly', { unitAmount: 20_000, interval: 'year' })
/** Matched by its lookup key alone: the catalog names neither price nor product. */
export const TEAM = price('price_team', { unitAmount: 5000, lookupKey: 'team_monthly' })
export const TEAM_YEARLY = price('price_team_yearly', {
  unitAmount: 50_000,
  interval: 'year',
  lookupKey: 'team_yearly',
})
/** Matched by its product alone. */
export const EXPORTS = price('price_exports', { unitAmount: 500, product: 'prod_exports' })
export const CALLS = price('price_calls', { unitAmount: 1000 })
export const CALLS_MORE = price('price_calls_more', { unitAmount: 1500 })
export const USAGE = price('price_usage', { unitAmount: 1, isMetered: true })
export const LIFETIME = price('price_lifetime', { unitAmount: 30_000, interval: null })
export const PASS = price('price_pass', { unitAmount: 900, interval: null })
export const FEE = price('price_fee', { unitAmount: 9900, interval: null })
/** On sale at Stripe, unknown to the catalog. */
export const MYSTERY = price('price_mystery', { unitAmount: 4200 })

const definition = {
  features: {
    reports: { type: 'flag' },
    exports: { type: 'flag' },
    seats: { type: 'quantity' },
    calls: { type: 'metered', meter: 'api_calls' },
    support: { type: 'flag', stripeFeature: 'priority_support' },
  },
  products: {
    pro: {
      match: { prices: ['price_pro', 'price_pro_yearly'] },
      grants: { reports: true, seats: 'quantity' },
    },
    team: {
      match: { lookupKeys: ['team_monthly', 'team_yearly'] },
      grants: { reports: true, exports: true, seats: 'quantity' },
    },
    exports: { match: { products: ['prod_exports'] }, grants: { exports: true } },
    calls: { match: { prices: ['price_calls'] }, grants: { calls: { limit: 500 } } },
    moreCalls: { match: { prices: ['price_calls_more'] }, grants: { calls: { limit: 1000 } } },
    usage: { match: { prices: ['price_usage'] }, grants: { calls: { limit: null } } },
    lifetime: { match: { prices: ['price_lifetime'] }, grants: { reports: true } },
    pass: {
      match: { prices: ['price_pass'] },
      grants: { exports: true },
      duration: { days: 30 },
    },
  },
} satisfies CatalogDefinition

export const CATALOG: CatalogDefinition = definition

/** The same products under other rules. */
export function withPolicy(policy: Partial<Policy>): CatalogDefinition {
  return { ...CATALOG, policy }
}
