import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { finalizeInvoice } from '../invoices/finalize-invoice.ts'
import { voidInvoice } from '../invoices/void-invoice.ts'
import { pendingItemsFor } from '../invoice-items/pending-items.ts'
import { afterBill, billSubscription } from './bill.ts'
import { periodAround } from './calendar.ts'
import { changeSubscription, itemList, noteOf, recordOf } from './change-subscription.ts'
import { amountOver, itemAmount, licensedLine } from './lines.ts'
import { unpauseSubscription } from './pause.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'
import { settle, withoutReactions } from './settle.ts'
import type { ProrationBehavior } from './subscription-input.ts'
import { noteUsageBilled } from './usage-start.ts'

export interface ResumeInput {
  readonly billing_cycle_anchor?: 'now' | 'unchanged' | undefined
  readonly payment_behavior?: 'resume_on_payment_attempt' | 'resume_on_payment_success' | undefined
  readonly proration_behavior?: ProrationBehavior | undefined
}

const WAIT = 23 * 3_600

/**
 * Ends a pause (stripe-facts rows 67 to 69): at once where nothing is due, else by an invoice that is
 * finalised and attempted now.
 * @throws {StripeError} 400 where it is not paused, or is resuming already.
 */
export function resumeSubscription(world: World, id: string, input: ResumeInput): Subscription {
  const subscription = world.must('subscription', id)
  refuseResume(world, subscription)
  const now = world.now(subscription.customer)
  const { data } = subscription.items
  const isKept = input.billing_cycle_anchor === 'unchanged'
  const anchor = isKept ? subscription.billing_cycle_anchor : now
  const items = data.map((item): SubscriptionItem => {
    const end = periodAround(anchor, recurrenceOf(item.price), now).end
    // A paused period still running, with nothing changed, simply goes on.
    return isKept && item.current_period_end > now
      ? item
      : { ...item, current_period_start: now, current_period_end: end }
  })
  const lines = items.flatMap((item) => {
    const isOld = data.includes(item)
    if (isMetered(item.price) || isOld) return []
    if (isKept && input.proration_behavior === 'none') return []
    const period = { start: now, end: item.current_period_end }
    const amount = amountOver(itemAmount(item, subscription.currency), item.price, anchor, period)
    return [licensedLine(subscription, item, period, amount)]
  })
  // What was used in a pause is not billed (docs: pause).
  for (const item of items) if (isMetered(item.price)) noteUsageBilled(world, item.id, now)
  const fields = { billing_cycle_anchor: anchor, items: itemList(id, items) }
  const pending = pendingItemsFor(world, subscription.customer, subscription.currency, id)
  if (lines.length === 0 && pending.length === 0) {
    return unpauseSubscription(world, id, 'active', fields)
  }
  const invoice = billSubscription(world, subscription, {
    reason: 'subscription_update',
    lines,
    autoAdvance: true,
    periodStart: now,
    periodEnd: now,
  })
  const open = withoutReactions(world, id, () => finalizeInvoice(world, invoice.id))
  const resumed = { ...fields, ...afterBill(world, subscription, invoice) }
  if (open.status === 'paid') return unpauseSubscription(world, id, 'active', resumed)
  const { outcome } = settle(world, id, open, false)
  if (outcome !== 'failed') return unpauseSubscription(world, id, 'active', resumed)
  if (input.payment_behavior !== 'resume_on_payment_success') {
    return unpauseSubscription(world, id, 'past_due', resumed)
  }
  noteOf(world, id, { resumeInvoice: invoice.id, resumeExpiresAt: now + WAIT })
  return changeSubscription(world, id, resumed)
}

function refuseResume(world: World, subscription: Subscription): void {
  if (subscription.status !== 'paused') {
    throw invalidRequest(
      `The subscription cannot be resumed because it is not paused: its status is ${subscription.status}.`,
    )
  }
  if (subscription.collection_method !== 'charge_automatically') {
    throw invalidRequest('Only subscriptions that charge automatically can be resumed.')
  }
  if (recordOf(world, subscription.id).resumeInvoice !== null) {
    throw invalidRequest(
      'The subscription is resuming already: pay or void its latest invoice first.',
    )
  }
}

/** The invoice that a resumption waited for is settled. */
export function finishResume(world: World, id: string): void {
  noteOf(world, id, { resumeInvoice: null, resumeExpiresAt: null })
  unpauseSubscription(world, id, 'active')
}

/** Still not paid: it stays paused, and Stripe retries (row 69). */
export function failedResume(world: World, id: string): void {
  changeSubscription(world, id, {})
}

/** "If the invoice is manually voided, the subscription stays paused" (SDK). */
export function voidedResume(world: World, id: string): void {
  noteOf(world, id, { resumeInvoice: null, resumeExpiresAt: null })
  changeSubscription(world, id, {})
}

/** Nobody paid for 23 hours: the invoice is void and the subscription stays paused (row 68). */
export function expireResume(world: World, id: string): void {
  const invoice = world.get('invoice', recordOf(world, id).resumeInvoice)
  noteOf(world, id, { resumeInvoice: null, resumeExpiresAt: null })
  if (invoice?.status === 'open') {
    withoutReactions(world, id, () => voidInvoice(world, invoice.id))
  }
}
