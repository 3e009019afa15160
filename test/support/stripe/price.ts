import type { Json, Shape } from './event.ts'
import type { Interval } from './time.ts'

/** A price as the seller's catalogue at Stripe holds it. */
export interface Price {
  id: string
  product: string
  lookupKey: string | null
  /** Minor units. */
  unitAmount: number
  /** null: one-time. */
  interval: Interval | null
  isMetered: boolean
}

export function price(id: string, fields: Partial<Omit<Price, 'id'>> = {}): Price {
  return {
    id,
    product: id.replace(/^price_([a-z]+).*$/, 'prod_$1'),
    lookupKey: null,
    unitAmount: 2000,
    interval: 'month',
    isMetered: false,
    ...fields,
  }
}

export function renderPrice(price: Price, shape: Shape): Json {
  const usage = price.isMetered ? 'metered' : 'licensed'
  return {
    id: price.id,
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: 1_700_000_000,
    currency: 'usd',
    custom_unit_amount: null,
    livemode: false,
    lookup_key: price.lookupKey,
    metadata: {},
    nickname: null,
    product: price.product,
    recurring:
      price.interval === null
        ? null
        : {
            ...(shape === 'legacy' ? { aggregate_usage: price.isMetered ? 'sum' : null } : {}),
            ...(shape === 'basil' ? { meter: price.isMetered ? 'mtr_1' : null } : {}),
            interval: price.interval,
            interval_count: 1,
            trial_period_days: null,
            usage_type: usage,
          },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: price.interval === null ? 'one_time' : 'recurring',
    unit_amount: price.unitAmount,
    unit_amount_decimal: String(price.unitAmount),
  }
}

/** The older twin of a recurring price that subscription items and invoice lines still carry. */
export function renderPlan(price: Price): Json {
  return {
    id: price.id,
    object: 'plan',
    active: true,
    amount: price.unitAmount,
    amount_decimal: String(price.unitAmount),
    billing_scheme: 'per_unit',
    created: 1_700_000_000,
    currency: 'usd',
    interval: price.interval,
    interval_count: 1,
    livemode: false,
    metadata: {},
    product: price.product,
    usage_type: price.isMetered ? 'metered' : 'licensed',
  }
}
