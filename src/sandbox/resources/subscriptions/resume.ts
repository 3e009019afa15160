import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { finalizeInvoice } from '../invoices/finalize-invoice.ts'
import { openIntentOf } from '../invoices/invoice-intent.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { voidInvoice } from '../invoices/void-invoice.ts'
import { pendingItemsFor } from '../invoice-items/pending-items.ts'
import { afterBill, billSubscription } from './bill.ts'
import { periodAround } from './calendar.ts'
import { changeSubscription, itemList, noteOf, recordOf } from './change-subscription.ts'
import { amountOver, itemAmount, licensedLine } from './lines.ts'
import { unpauseSubscription } from './pause.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'
import { scheduleTurn } from './next-turn.ts'
import { requirePaymentMethod } from './payment-method.ts'
import { settle, withoutReactions } from './settle.ts'
import type { ProrationBehavior } from './subscription-input.ts'
import { noteUsageBilled } from './usage-start.ts'

export interface ResumeInput {
  readonly billing_cycle_anchor?: 'now' | 'unchanged' | undefined
  readonly payment_behavior?: 'resume_on_payment_attempt' | 'resume_on_payment_success' | undefined
  readonly proration_behavior?: ProrationBehavior | undefined
}

/** Unix seconds of waiting for the resumption invoice, by what it waits for (docs: pause). */
const WAIT = {
  resume_on_payment_attempt: 23 * 3_600,
  resume_on_payment_success: 365 * 86_400,
} as const

/**
 * Ends a pause (stripe-facts rows 67 to 69): at once where nothing is due, else by an invoice that is
 * finalised now and whose payment ends it. By default the request does not attempt that payment: the
 * first attempt, by whoever makes it, ends the pause one way or the other, and is not repeated. With
 * `resume_on_payment_success` the request attempts it, and Stripe goes on trying. Until then the
 * subscription stands as it was paused.
 * @throws {StripeError} 400 where it is not paused, is resuming already, or must be paid and cannot.
 */
export function resumeSubscription(world: World, id: string, input: ResumeInput): Subscription {
  const subscription = world.must('subscription', id)
  const behavior = input.payment_behavior ?? 'resume_on_payment_attempt'
  refuseResume(world, subscription, behavior)
  const { fields, lines } = resumption(world, subscription, input)
  const now = world.now(subscription.customer)
  const pending = pendingItemsFor(world, subscription.customer, subscription.currency, id)
  if (lines.length === 0 && pending.length === 0) {
    noteNoUsage(world, subscription)
    return unpauseSubscription(world, id, 'active', fields)
  }
  const paysNow = behavior === 'resume_on_payment_success'
  const total = [...lines, ...pending].reduce((sum, { amount }) => sum + (amount ?? 0), 0)
  if (paysNow && total > 0) requirePaymentMethod(world, subscription)
  noteNoUsage(world, subscription)
  const invoice = billSubscription(world, subscription, {
    reason: 'subscription_update',
    lines,
    autoAdvance: paysNow,
    periodStart: now,
    periodEnd: now,
  })
  const open = withoutReactions(world, id, () => finalizeInvoice(world, invoice.id))
  const billed = afterBill(world, subscription, invoice)
  if (open.status === 'paid' || (paysNow && settle(world, id, open, true).outcome === 'paid')) {
    return unpauseSubscription(world, id, 'active', { ...fields, ...billed })
  }
  noteOf(world, id, {
    resume: { invoice: invoice.id, fields, expiresAt: now + WAIT[behavior], by: behavior },
  })
  return changeSubscription(world, id, billed)
}

/** The periods it goes on with, and what is billed for them. */
function resumption(
  world: World,
  subscription: Subscription,
  input: ResumeInput,
): { readonly fields: Partial<Subscription>; readonly lines: readonly LineDraft[] } {
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
  return {
    fields: { billing_cycle_anchor: anchor, items: itemList(subscription.id, items) },
    lines,
  }
}

/** What was used in a pause is not billed (docs: pause). */
function noteNoUsage(world: World, { customer, items }: Subscription): void {
  const now = world.now(customer)
  for (const item of items.data) if (isMetered(item.price)) noteUsageBilled(world, item.id, now)
}

function refuseResume(world: World, subscription: Subscription, behavior: string): void {
  if (subscription.status !== 'paused') {
    throw invalidRequest(
      `The subscription cannot be resumed because it is not paused: its status is ${subscription.status}.`,
    )
  }
  if (subscription.collection_method !== 'charge_automatically') {
    throw invalidRequest('Only subscriptions that charge automatically can be resumed.')
  }
  if (behavior === 'resume_on_payment_success' && subscription.billing_mode.type !== 'flexible') {
    throw invalidRequest(
      '`resume_on_payment_success` is only available for subscriptions in flexible billing mode.',
      { param: 'payment_behavior' },
    )
  }
  if (recordOf(world, subscription.id).resume !== null) {
    throw invalidRequest(
      'The subscription is resuming already: pay or void its latest invoice first.',
    )
  }
}

/** The invoice that a resumption waited for is settled. */
export function finishResume(world: World, id: string): void {
  endPause(world, id, 'active')
}

/** The attempt failed (row 68: past due, and no more paused), or one of several did (row 69). */
export function failedResume(world: World, id: string): void {
  if (recordOf(world, id).resume?.by === 'resume_on_payment_attempt')
    endPause(world, id, 'past_due')
}

function endPause(world: World, id: string, status: 'active' | 'past_due'): void {
  const fields = recordOf(world, id).resume?.fields ?? {}
  noteOf(world, id, { resume: null })
  unpauseSubscription(world, id, status, fields)
}

/** "If you void the resumption invoice, the subscription stays `paused`" (docs: pause). */
export function voidedResume(world: World, id: string): void {
  noteOf(world, id, { resume: null })
  scheduleTurn(world, world.must('subscription', id))
}

/** Nobody tried to pay for 23 hours: the invoice is void and the subscription stays paused (row 68). */
export function expireResume(world: World, id: string): void {
  const { resume } = recordOf(world, id)
  if (resume === null) return
  const invoice = world.get('invoice', resume.invoice)
  if (openIntentOf(world, resume.invoice)?.status === 'processing') {
    // A bank debit under way is an attempt: its outcome decides.
    noteOf(world, id, { resume: { ...resume, expiresAt: null } })
    return
  }
  noteOf(world, id, { resume: null })
  if (invoice?.status === 'open') {
    withoutReactions(world, id, () => voidInvoice(world, invoice.id))
  }
}
