import { missing } from '../../protocol/stripe-error.ts'
import type { Invoice, Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { pendingItemsFor } from '../invoice-items/pending-items.ts'
import { billSubscription } from './bill.ts'
import { isLive, patchSubscription } from './change-subscription.ts'
import { withoutPause } from './pause.ts'
import { expireFirstInvoice } from './expire.ts'
import { usageLine } from './lines.ts'
import { isMetered } from './prices-for.ts'
import { creditUnused } from './proration.ts'
import { stopCollection } from './stop-collection.ts'
import type { SubscriptionCancel } from './subscription-input.ts'
import { usageStart } from './usage-start.ts'

/**
 * Ends a subscription now: `customer.subscription.deleted`, and no further collection of what it
 * owes, though that can still be paid (stripe-facts row 64). One that never began expires instead
 * (row 52).
 * @throws {StripeError} 400 where it has ended already.
 */
export function cancelSubscription(
  world: World,
  id: string,
  cancel: SubscriptionCancel,
): Subscription {
  const subscription = world.must('subscription', id)
  if (!isLive(subscription)) {
    // To Stripe's cancel route one that has ended is no subscription any more.
    throw missing('subscription', id)
  }
  const details = detailsOf(subscription, cancel)
  if (subscription.status === 'incomplete') return expireFirstInvoice(world, id, details)
  const now = world.now(subscription.customer)
  const invoiceId = cancel.invoiceNow === true ? world.id('in') : undefined
  const lines =
    cancel.prorate === true
      ? creditUnused(world, subscription, { at: now, invoice: invoiceId ?? null })
      : []
  if (cancel.prorate === false && cancel.invoiceNow === false) dropPending(world, subscription)
  stopCollection(world, id)
  return end(world, id, {
    ...details,
    canceledAt: now,
    // Usage not yet billed only with a final invoice; pending items wait for the customer's next.
    finalInvoice: invoiceId === undefined ? null : { id: invoiceId, lines },
  })
}

/** Ends it at the moment it was to end, or where Stripe itself ends it (rows 15, 43, 63). */
export function endSubscription(
  world: World,
  id: string,
  { reason }: { readonly reason: SubscriptionCancel['reason'] },
): Subscription {
  const subscription = world.must('subscription', id)
  const isPlanned = reason === 'cancellation_requested'
  if (!isPlanned) stopCollection(world, id)
  const details = detailsOf(subscription, { reason })
  return end(world, id, {
    ...details,
    canceledAt: isPlanned
      ? (subscription.canceled_at ?? world.now(subscription.customer))
      : world.now(subscription.customer),
    finalInvoice: isPlanned && subscription.status !== 'trialing' ? { lines: [] } : null,
  })
}

function end(
  world: World,
  id: string,
  how: Pick<Subscription, 'cancellation_details'> & {
    readonly canceledAt: number
    readonly finalInvoice: FinalInvoice | null
  },
): Subscription {
  const before = world.must('subscription', id)
  const now = world.now(before.customer)
  const ended = patchSubscription(world, id, {
    cancellation_details: how.cancellation_details,
    canceled_at: how.canceledAt,
    ended_at: now,
    pending_update: null,
    status: 'canceled',
    ...withoutPause,
  })
  world.emit('customer.subscription.deleted', ended)
  world.signal('subscription.changed', { id })
  if (how.finalInvoice !== null) billFinally(world, before, how.finalInvoice)
  return world.must('subscription', id)
}

interface FinalInvoice {
  /** Where items have been made for it. */
  readonly id?: string | undefined
  readonly lines: readonly LineDraft[]
}

/** "Pending prorations are removed if invoice_now and prorate are both set to false" (SDK). */
function dropPending(world: World, { customer, currency, id }: Subscription): void {
  for (const item of pendingItemsFor(world, customer, currency, id)) {
    if (!item.proration || item.parent?.subscription_details?.subscription !== id) continue
    world.remove('invoiceitem', item.id)
    world.emit('invoiceitem.deleted', item)
  }
}

/** Usage and pending items are billed after the end (stripe-facts row 63). */
function billFinally(
  world: World,
  before: Subscription,
  { id, lines: made }: FinalInvoice,
): Invoice | null {
  const now = world.now(before.customer)
  const usage = before.items.data
    .filter((item) => isMetered(item.price))
    .map((item) =>
      usageLine(world, before, item, {
        start: usageStart(world, item),
        end: Math.min(now, item.current_period_end),
      }),
    )
  const pending = pendingItemsFor(world, before.customer, before.currency, before.id)
  const isEmpty = usage.every(({ amount }) => amount === 0)
  if (isEmpty && made.length === 0 && pending.length === 0) return null
  const invoice = billSubscription(world, world.must('subscription', before.id), {
    id,
    reason: 'subscription_cycle',
    lines: [...made, ...usage],
    autoAdvance: true,
    periodStart: Math.min(...before.items.data.map((item) => item.current_period_start)),
    periodEnd: now,
  })
  patchSubscription(world, before.id, { latest_invoice: invoice.id })
  return invoice
}

function detailsOf(
  { cancellation_details: before }: Subscription,
  { reason, comment, feedback }: Pick<SubscriptionCancel, 'reason' | 'comment' | 'feedback'>,
): Pick<Subscription, 'cancellation_details'> {
  return {
    cancellation_details: {
      comment: comment === undefined ? (before?.comment ?? null) : comment,
      feedback: feedback === undefined ? (before?.feedback ?? null) : feedback,
      feedback_option: before?.feedback_option ?? null,
      reason,
    },
  }
}
