import type { Json, Shape } from './event.ts'
import { type Price, renderPlan, renderPrice } from './price.ts'

export interface Item {
  id: string
  price: Price
  quantity: number
  created: number
  periodStart: number
  periodEnd: number
}

export function renderItem(item: Item, subscription: string, shape: Shape): Json {
  return {
    id: item.id,
    object: 'subscription_item',
    billing_thresholds: null,
    created: item.created,
    ...(shape === 'basil'
      ? { current_period_end: item.periodEnd, current_period_start: item.periodStart }
      : {}),
    metadata: {},
    plan: renderPlan(item.price),
    price: renderPrice(item.price, shape),
    // A metered item has no quantity at all.
    ...(item.price.isMetered ? {} : { quantity: item.quantity }),
    subscription,
    tax_rates: [],
  }
}
