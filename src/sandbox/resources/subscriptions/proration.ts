import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { discountedAmounts } from '../coupons/discounted-amounts.ts'
import { liveDiscounts } from '../coupons/live-discounts.ts'
import { createInvoiceItem, type InvoiceItemInput } from '../invoice-items/create-invoice-item.ts'
import { lineOfItem } from '../invoice-items/pending-items.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { cutDebits, debitsOf, noteDebit, shareOf } from './billed.ts'
import type { Period } from './calendar.ts'
import { amountOver, itemAmount, usageOf } from './lines.ts'
import { isMetered } from './prices-for.ts'
import { day, named } from './proration-words.ts'
import { priceAmount } from '../prices/price-amount.ts'
import { usageStart } from './usage-start.ts'

/** An invoice item that a change makes. */
export interface Proration extends InvoiceItemInput {
  readonly amount: number
  readonly period: Period
  readonly subscriptionItem: string
}

/**
 * What a change at `at` (Unix seconds) gives back of an item: by the second, up to the end of its
 * period. Classic mode goes by the price, flexible by what was in fact billed, one credit for each
 * debit (docs: billing mode).
 */
export function creditsFor(
  world: World,
  subscription: Subscription,
  item: SubscriptionItem,
  at: number,
): Proration[] {
  const period = { start: at, end: item.current_period_end }
  if (isMetered(item.price) || subscription.status === 'trialing' || period.end <= at) return []
  const common = {
    ...commonOf(subscription, item),
    period,
    description: `Unused time on ${named(world, item)} after ${day(at)}`,
  }
  if (subscription.billing_mode.type === 'classic') {
    const full = itemAmount(item, subscription.currency)
    const amount = amountOver(full, item.price, subscription.billing_cycle_anchor, period)
    const net = lessDiscounts(world, subscription, item, amount)
    return net === 0 ? [] : [{ ...common, amount: -net, ...creditedOf(world, item, at) }]
  }
  return debitsOf(world, item.id).flatMap((debit): Proration[] => {
    const share = shareOf(debit, period)
    if (share === 0) return []
    return [
      {
        ...common,
        amount: -share,
        ...(debit.invoice === null || debit.line === null
          ? {}
          : { creditedItems: { invoice: debit.invoice, invoice_line_items: [debit.line] } }),
      },
    ]
  })
}

/** What the rest of an item's period costs from `at` on. */
export function debitFor(
  world: World,
  subscription: Subscription,
  item: SubscriptionItem,
  at: number,
): Proration[] {
  const period = { start: at, end: item.current_period_end }
  if (isMetered(item.price) || subscription.status === 'trialing' || period.end <= at) return []
  const full = itemAmount(item, subscription.currency)
  const amount = amountOver(full, item.price, subscription.billing_cycle_anchor, period)
  return [
    {
      ...commonOf(subscription, item),
      period,
      amount: lessDiscounts(world, subscription, item, amount),
      description: `Remaining time on ${named(world, item)} after ${day(at)}`,
    },
  ]
}

/** What was used of a metered item that goes or changes its price: flexible mode bills it (row 38). */
export function usageFor(
  world: World,
  subscription: Subscription,
  item: SubscriptionItem,
  at: number,
): Proration[] {
  if (!isMetered(item.price) || subscription.billing_mode.type === 'classic') return []
  if (subscription.status === 'trialing') return []
  const period = { start: usageStart(world, item), end: at }
  const used = usageOf(world, subscription.customer, item.price, period)
  const amount = Math.max(0, priceAmount(item.price, used, subscription.currency))
  if (amount === 0) return []
  return [
    {
      ...commonOf(subscription, item),
      proration: false,
      period,
      amount,
      quantity: /^\d+$/u.test(used) ? Number(used) : 1,
      description: `${used} × ${named(world, item)}`,
    },
  ]
}

/**
 * Makes the items, and keeps the account of what has been billed and given back. With the id of the
 * invoice that is to take them at once they are born its own: their lines are the answer.
 */
export function applyProrations(
  world: World,
  subscription: Subscription,
  prorations: readonly Proration[],
  invoice: string | null,
): LineDraft[] {
  const now = world.now(subscription.customer)
  for (const { amount, subscriptionItem, period } of prorations) {
    if (amount < 0) cutDebits(world, subscriptionItem, period.start)
  }
  return prorations.map((proration) => {
    const item = createInvoiceItem(world, { ...proration, invoice })
    if (proration.amount > 0 && proration.proration === true) {
      noteDebit(
        world,
        proration.subscriptionItem,
        {
          ...proration.period,
          amount: item.amount,
          invoice: null,
          line: null,
          invoiceItem: item.id,
        },
        now,
      )
    }
    return lineOfItem(world, item)
  })
}

/** Credits for all that is left of every item, as canceling with `prorate` gives. */
export function creditUnused(
  world: World,
  subscription: Subscription,
  how: { readonly at: number; readonly invoice: string | null },
): LineDraft[] {
  const credits = subscription.items.data.flatMap((item) =>
    creditsFor(world, subscription, item, how.at),
  )
  return applyProrations(world, subscription, credits, how.invoice)
}

function commonOf(subscription: Subscription, item: SubscriptionItem) {
  return {
    customer: subscription.customer,
    currency: subscription.currency,
    price: item.price.id,
    quantity: item.quantity ?? 1,
    unitAmountDecimal: item.price.unit_amount_decimal,
    proration: true,
    discountable: false,
    subscription: subscription.id,
    subscriptionItem: item.id,
    taxRates: (item.tax_rates ?? []).map(({ id }) => id),
  }
}

/** Prorations contain the discounts already. */
function lessDiscounts(
  world: World,
  subscription: Subscription,
  item: SubscriptionItem,
  amount: number,
): number {
  const ids = [...item.discounts, ...subscription.discounts].map(String)
  const discounts = liveDiscounts(world, ids, world.now(subscription.customer))
  if (discounts.length === 0) return amount
  const line = { amount, currency: subscription.currency, product: item.price.product }
  return amount - discountedAmounts(world, discounts, [line]).total
}

function creditedOf(world: World, item: SubscriptionItem, at: number) {
  const debit = debitsOf(world, item.id).find(({ start, end }) => start <= at && at < end)
  return debit === undefined || debit.invoice === null || debit.line === null
    ? {}
    : { creditedItems: { invoice: debit.invoice, invoice_line_items: [debit.line] } }
}
