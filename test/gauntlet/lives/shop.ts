import type Stripe from 'stripe'
import type { CatalogDefinition, Policy } from '../../../src/core/catalog.ts'

export const PLANS = ['basic', 'pro'] as const
export type Plan = (typeof PLANS)[number]
export const INTERVALS = ['month', 'year'] as const
export type Interval = (typeof INTERVALS)[number]
export const ONCE = ['pass', 'lifetime'] as const
export type Once = (typeof ONCE)[number]

/** The same shop in every life: two plans by seat, an add-on, usage, a pass of 30 days, and one for good. */
export interface Shop {
  readonly plan: Readonly<Record<Plan, Readonly<Record<Interval, string>>>>
  readonly addOn: Readonly<Record<Interval, string>>
  readonly calls: string
  readonly once: Readonly<Record<Once, string>>
  /** Stripe's products by the catalog's names. */
  readonly products: Readonly<Record<string, string>>
  readonly freeCoupon: string
  readonly halfCoupon: string
}

/** Minor units a month; a year costs ten. */
const MONTHLY = { basic: 1_000, pro: 3_000, sso: 700 } as const

export async function openShop(api: Stripe): Promise<Shop> {
  const products: Record<string, string> = {}
  const price = async (name: string, fields: Partial<Stripe.PriceCreateParams>) => {
    products[name] ??= (await api.products.create({ name })).id
    const made = await api.prices.create({ currency: 'eur', product: products[name], ...fields })
    return made.id
  }
  const recurring = async (name: keyof typeof MONTHLY) => ({
    month: await price(name, { unit_amount: MONTHLY[name], recurring: { interval: 'month' } }),
    year: await price(name, { unit_amount: MONTHLY[name] * 10, recurring: { interval: 'year' } }),
  })
  const meter = await api.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  return {
    plan: { basic: await recurring('basic'), pro: await recurring('pro') },
    addOn: await recurring('sso'),
    calls: await price('calls', {
      unit_amount: 2,
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    }),
    once: {
      pass: await price('pass', { unit_amount: 1_500 }),
      lifetime: await price('lifetime', { unit_amount: 9_900 }),
    },
    products,
    freeCoupon: (await api.coupons.create({ percent_off: 100, duration: 'once' })).id,
    halfCoupon: (await api.coupons.create({ percent_off: 50, duration: 'forever' })).id,
  }
}

/** What the shop's products give. */
export function catalogOf(
  { products }: Shop,
  { policy, combine }: { readonly policy: Partial<Policy>; readonly combine: 'sum' | 'max' },
): CatalogDefinition {
  const sold = (name: string) => ({ products: [products[name] ?? ''] })
  return {
    features: {
      reports: { type: 'flag' },
      exports: { type: 'flag' },
      seats: { type: 'quantity', combine },
      sso: { type: 'flag' },
      calls: { type: 'metered', meter: 'calls' },
      library: { type: 'flag' },
    },
    products: {
      basic: { match: sold('basic'), grants: { reports: true, seats: 'quantity' } },
      pro: { match: sold('pro'), grants: { reports: true, exports: true, seats: 'quantity' } },
      sso: { match: sold('sso'), grants: { sso: true } },
      calls: { match: sold('calls'), grants: { calls: { limit: null } } },
      pass: { match: sold('pass'), grants: { library: true }, duration: { days: 30 } },
      lifetime: { match: sold('lifetime'), grants: { library: true } },
    },
    policy,
  }
}
