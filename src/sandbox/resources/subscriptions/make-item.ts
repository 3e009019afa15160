import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price, SubscriptionItem, TaxRate } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { planOf } from '../prices/plan-of.ts'
import type { Period } from './calendar.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'
import type { ItemInput } from './subscription-input.ts'
import { trialOf } from './trial-offer.ts'

/** A new item of a subscription; its discounts are given once it is there. */
export function makeItem(
  world: World,
  subscription: string,
  input: ItemInput,
  at: {
    readonly price: Price
    readonly period: Period
    readonly now: number
    readonly param: string
  },
): SubscriptionItem {
  const plan = planOf(at.price)
  if (plan === null) throw new Error(`a subscription item needs a recurring price: ${at.price.id}`)
  refuseQuantity(at.price, input.quantity, at.param)
  return {
    id: world.id('si', 14),
    object: 'subscription_item',
    billing_thresholds: null,
    created: at.now,
    current_period_end: at.period.end,
    current_period_start: at.period.start,
    current_trial: trialOf(world, input, at.price, at.period.start),
    discounts: [],
    metadata: input.metadata ?? {},
    plan,
    price: at.price,
    ...(isMetered(at.price) ? {} : { quantity: input.quantity ?? 1 }),
    subscription,
    tax_rates: taxRates(world, input.tax_rates, `${at.param}[tax_rates]`) ?? [],
  }
}

/** @throws {StripeError} 400 for a quantity of what is counted by usage. */
export function refuseQuantity(price: Price, quantity: number | undefined, param: string): void {
  if (quantity !== undefined && isMetered(price)) {
    throw invalidRequest(
      'Quantity should not be specified where usage_type is `metered`. Remove quantity from `items`.',
      { param: `${param}[quantity]` },
    )
  }
}

export function taxRates(
  world: World,
  ids: readonly string[] | null | undefined,
  param: string,
): readonly TaxRate[] | undefined {
  return ids?.map((id) => inParameter(world, 'tax_rate', id, param, 'tax rate'))
}

/**
 * @throws {StripeError} 400 for one price twice, for too many, and in classic mode for intervals
 * that differ: only flexible mode mixes them (stripe-facts row 8).
 */
export function refuseItems(
  items: readonly { readonly price: Price }[],
  mode: 'classic' | 'flexible',
): void {
  if (items.length === 0) {
    throw invalidRequest('A subscription must have at least one active plan.', { param: 'items' })
  }
  const seen = new Set<string>()
  for (const { price } of items) {
    if (seen.has(price.id)) {
      throw invalidRequest(
        `Cannot add multiple subscription items with the same plan: ${price.id}`,
        { param: 'items' },
      )
    }
    seen.add(price.id)
  }
  const intervals = new Set(
    items.map(({ price }) => {
      const { interval, interval_count: count } = recurrenceOf(price)
      return `${String(count)} ${interval}`
    }),
  )
  if (mode === 'classic' && intervals.size > 1) {
    throw invalidRequest(
      'Currently, all prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`. If you meant to update an existing subscription item instead of creating a new one, make sure to include the subscription item ID in the request. See examples at https://stripe.com/docs/billing/subscriptions/upgrade-downgrade#changing. To mix intervals, use `billing_mode[type]=flexible`.',
      { param: 'items' },
    )
  }
}
