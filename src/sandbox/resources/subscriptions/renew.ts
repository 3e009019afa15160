import { finalizeInvoice } from '../invoices/finalize-invoice.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { markUncollectible } from '../invoices/mark-uncollectible.ts'
import { voidInvoice } from '../invoices/void-invoice.ts'
import { pendingItemsFor } from '../invoice-items/pending-items.ts'
import type { Invoice, Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { afterBill, billSubscription } from './bill.ts'
import { changeSubscription, itemList } from './change-subscription.ts'
import { amountOver, itemAmount, licensedLine, usageLine } from './lines.ts'
import { nextPeriod, withPeriod } from './period-items.ts'
import { isMetered } from './prices-for.ts'
import { afterOffers } from './trial-offer.ts'
import { usageStart } from './usage-start.ts'

/** The job that deals with an invoice drafted while collection was paused. */
export const WITHHOLD = 'subscription.withhold'

/**
 * Moves every item whose period is over into the next one and drafts the invoice for them (stripe-facts
 * rows 38 and 40): licensed items ahead, metered ones for what was used. The subscription shows the
 * new period at once, an hour before anything is paid.
 */
export function renew(world: World, id: string, extra: Partial<Subscription> = {}): Subscription {
  const before = world.must('subscription', id)
  const now = world.now(before.customer)
  const subscription = afterOffers(world, before, now)
  const { data } = subscription.items
  const due = data.filter((item) => item.current_period_end <= now)
  const items = data.map((item) =>
    due.includes(item) ? withPeriod(item, nextPeriod(subscription, item)) : item,
  )
  const invoice = billCycle(world, subscription, due, {
    periodStart: Math.min(...due.map((item) => item.current_period_start)),
    periodEnd: now,
  })
  return changeSubscription(world, id, {
    ...extra,
    ...(invoice === null ? {} : afterBill(world, subscription, invoice)),
    billing_cycle_anchor: subscription.billing_cycle_anchor,
    items: itemList(id, items),
    ...(subscription.cancel_at_period_end ? { cancel_at: endOf(items) } : {}),
  })
}

/** Drafts the invoice of a cycle; null where there is nothing at all to put on it. */
export function billCycle(
  world: World,
  subscription: Subscription,
  due: readonly SubscriptionItem[],
  period: { readonly periodStart: number; readonly periodEnd: number },
): Invoice | null {
  const lines = due.map((item) => cycleLine(world, subscription, item))
  const pending = pendingItemsFor(
    world,
    subscription.customer,
    subscription.currency,
    subscription.id,
  )
  if (lines.length === 0 && pending.length === 0) return null
  return draftCycle(world, subscription, lines, period)
}

export function cycleLine(
  world: World,
  subscription: Subscription,
  item: SubscriptionItem,
): LineDraft {
  if (isMetered(item.price)) {
    const isTrial = subscription.status === 'trialing'
    const over = { start: usageStart(world, item), end: item.current_period_end }
    // Usage in a trial is not billed (docs: trials).
    return usageLine(world, subscription, item, isTrial ? { start: over.end, end: over.end } : over)
  }
  const period = nextPeriod(subscription, item)
  const full = itemAmount(item, subscription.currency)
  return licensedLine(
    subscription,
    item,
    period,
    amountOver(full, item.price, subscription.billing_cycle_anchor, period),
  )
}

export function draftCycle(
  world: World,
  subscription: Subscription,
  lines: readonly LineDraft[],
  period: { readonly periodStart: number; readonly periodEnd: number },
): Invoice {
  const now = world.now(subscription.customer)
  const { status, pause_collection: pause } = subscription
  // Unpaid: invoices stay drafts (row 46). Paused collection: kept, or settled without payment (row 65).
  const isHeld = status === 'unpaid' || pause !== null
  const invoice = billSubscription(world, subscription, {
    reason: 'subscription_cycle',
    lines,
    autoAdvance: !isHeld,
    ...period,
  })
  if (status !== 'unpaid' && pause !== null && pause.behavior !== 'keep_as_draft') {
    world.schedule(subscription.customer, {
      at: now + world.settings.finalizeAfter,
      name: WITHHOLD,
      id: invoice.id,
    })
  }
  return invoice
}

/** Finalises an invoice drafted under a paused collection, and does with it what the pause says. */
export function withhold(world: World, invoice: string): void {
  const draft = world.get('invoice', invoice)
  if (draft?.status !== 'draft') return
  const subscription = world.get(
    'subscription',
    draft.parent?.subscription_details?.subscription as string | undefined,
  )
  const behavior = subscription?.pause_collection?.behavior ?? 'void'
  // Of a deleted customer a draft is all there will be.
  if (behavior === 'keep_as_draft' || world.get('customer', draft.customer) === undefined) return
  if (finalizeInvoice(world, invoice).status !== 'open') return
  if (behavior === 'void') voidInvoice(world, invoice)
  else markUncollectible(world, invoice, 'subscription_paused')
}

function endOf(items: readonly SubscriptionItem[]): number {
  return Math.max(...items.map((item) => item.current_period_end))
}
