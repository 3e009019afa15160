import type { Price, Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { meterUsage } from '../meters/meter-usage.ts'
import { priceAmount } from '../prices/price-amount.ts'
import { proportion } from './billed.ts'
import { periodAround, type Period } from './calendar.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'

type Billed = Pick<Subscription, 'id' | 'currency' | 'customer'>

/** What a whole period of an item costs, before discounts, in minor units. */
export function itemAmount(item: SubscriptionItem, currency: string): number {
  return priceAmount(item.price, item.quantity ?? 1, currency)
}

/** A licensed item's coming period, in full or for `amount`. */
export function licensedLine(
  subscription: Billed,
  item: SubscriptionItem,
  period: Period,
  amount = itemAmount(item, subscription.currency),
): LineDraft {
  return { ...lineOf(subscription, item, period), amount, quantity: item.quantity ?? 1 }
}

/** What a trial's first invoice says of an item: nothing is asked (stripe-facts row 9). */
export function trialLine(
  world: World,
  subscription: Billed,
  item: SubscriptionItem,
  period: Period,
): LineDraft {
  const name = world.get('product', item.price.product)?.name ?? 'item'
  const quantity = item.quantity ?? 1
  return {
    ...lineOf(subscription, item, period),
    amount: 0,
    quantity,
    description: `Trial period for ${isMetered(item.price) ? '' : `${String(quantity)} × `}${name}`,
  }
}

/** What was used of a metered item in a period that is over: billed in arrears (row 38). */
export function usageLine(
  world: World,
  subscription: Billed,
  item: SubscriptionItem,
  period: Period,
): LineDraft {
  const used = usageOf(world, subscription.customer, item.price, period)
  const whole = /^\d+$/u.test(used) ? Number(used) : null
  return {
    ...lineOf(subscription, item, period),
    // A cycle's negative total bills nothing (docs: recording usage).
    amount: Math.max(0, priceAmount(item.price, used, subscription.currency)),
    quantity: whole,
    ...(whole === null
      ? { description: `${used} × ${world.get('product', item.price.product)?.name ?? 'usage'}` }
      : {}),
  }
}

/** Decimal text. */
export function usageOf(world: World, customer: string, price: Price, period: Period): string {
  const meter = price.recurring?.meter ?? null
  if (meter === null || period.end <= period.start) return '0'
  const used = meterUsage(world, { meter, customer, start: period.start, end: period.end })
  return used.startsWith('-') ? '0' : used
}

/** What a metered item says at the start of a subscription in classic mode (row 37). */
export function emptyUsageLine(
  subscription: Billed,
  item: SubscriptionItem,
  period: Period,
): LineDraft {
  return { ...lineOf(subscription, item, period), amount: 0, quantity: 0 }
}

/**
 * What a stretch of time costs at a price of `amount` a period: whole periods of the cycle through
 * `anchor` in full, others by the second.
 */
export function amountOver(
  amount: number,
  price: Price,
  anchor: number,
  { start, end }: Period,
): number {
  let total = 0
  for (let at = start; at < end;) {
    const whole = periodAround(anchor, recurrenceOf(price), at)
    const until = Math.min(whole.end, end)
    total += proportion(amount, until - at, whole.end - whole.start)
    at = until
  }
  return total
}

function lineOf(subscription: Billed, item: SubscriptionItem, period: Period): LineDraft {
  return {
    price: item.price.id,
    unitAmountDecimal: item.price.unit_amount_decimal,
    period,
    subscription: subscription.id,
    subscriptionItem: item.id,
    discounts: item.discounts.map(String),
    taxRates:
      (item.tax_rates ?? []).length === 0 ? null : (item.tax_rates?.map(({ id }) => id) ?? null),
    metadata: item.metadata,
  }
}
