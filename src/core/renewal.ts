import { DAY, formatSecond, HOUR } from './calendar.ts'
import type { Coverage, ItemContext, ItemLine } from './coverage.ts'
import type { Alert, Need } from './decision.ts'
import type { Standing } from './invoice-standing.ts'
import { alert, because, type Segment, type Timeline } from './source.ts'
import type { CheckoutView } from './views/checkout-view.ts'
import type { InvoiceView } from './views/invoice-view.ts'

/** Everything the question "and after what is paid?" needs. */
export interface Renewal {
  context: ItemContext
  coverage: Coverage
  /** Already holds what is paid or in trial. */
  timeline: Timeline
  needs: Need[]
  alerts: Alert[]
  now: number
}

/** Stripe waits about an hour between drafting and charging an invoice (row 40). */
const DRAFT_HOURS = HOUR

const FAILED: ReadonlySet<Standing> = new Set(['failed', 'void', 'uncollectible'])

/** Past the anchor: the paid period or an honoured trial is over, and its renewal decides. */
export function afterAnchor(renewal: Renewal, anchor: number): Segment[] {
  const { context, timeline } = renewal
  const { policy, subscription } = context
  const { status, collectionMethod } = subscription.state
  const bill = firstUnpaid(renewal, anchor)
  if (status === 'unpaid') {
    return timeline.after(
      'suspended',
      reason(renewal, bill, 'unpaid', 'Retries are exhausted and the invoice is unpaid.'),
    )
  }
  if (isCollectionPaused(renewal)) return whilePaused(renewal)
  if (collectionMethod === 'send_invoice') return untilDue(renewal, bill, anchor)
  const standing = standingNow(renewal, bill)
  if (FAILED.has(standing)) return inGrace(renewal, bill, anchor)
  const windowEnd = anchor + policy.renewalWindowHours * HOUR
  if (standing === 'processing') {
    timeline.until(
      Math.max(windowEnd, anchor + policy.processingDays * DAY),
      'active',
      reason(
        renewal,
        bill,
        'renewal_processing',
        'The renewal payment is under way; debits settle in days.',
      ),
    )
  } else if (standing === 'stuck' && bill !== undefined) {
    renewal.alerts.push(
      alert(
        'finalization_failed',
        `Stripe could not finalise invoice ${bill.invoice}: access is kept, the invoice needs your attention.`,
        [bill.invoice, subscription.id],
      ),
    )
    timeline.until(
      Math.max(windowEnd, bill.to),
      'active',
      reason(
        renewal,
        bill,
        'finalization_failed',
        'Stripe could not finalise the renewal invoice; that is not the customer’s doing.',
      ),
    )
  } else {
    timeline.until(
      windowEnd,
      'active',
      reason(
        renewal,
        bill,
        'renewal_window',
        `The renewal may be charged until ${formatSecond(windowEnd)}.`,
      ),
    )
  }
  needInvoice(renewal, bill, anchor + DAY)
  return timeline.after(
    'suspended',
    reason(
      renewal,
      bill,
      'renewal_overdue',
      `Paid through ${formatSecond(anchor)}; no renewal payment came in time.`,
    ),
  )
}

/** Nothing was ever paid and no trial honoured: no window and no grace before money arrives. */
export function withoutAnchor(renewal: Renewal): Segment[] {
  const { context, timeline } = renewal
  const { policy, subscription } = context
  const { status, collectionMethod } = subscription.state
  const bill = firstUnpaid(renewal, null)
  if (status === 'trialing') {
    return timeline.after(
      'none',
      reason(renewal, bill, 'trial_not_granted', 'This product does not grant trials.'),
    )
  }
  if (status === 'incomplete') {
    return timeline.after(
      'pending',
      reason(renewal, bill, 'first_payment_open', 'The first payment has not been made yet.'),
    )
  }
  if (status === 'unpaid') {
    return timeline.after(
      'suspended',
      reason(renewal, bill, 'unpaid', 'The invoice is unpaid and nothing was ever paid.'),
    )
  }
  const standing = standingNow(renewal, bill)
  if (isCollectionPaused(renewal) && !FAILED.has(standing)) return whilePaused(renewal)
  if (collectionMethod === 'send_invoice' && policy.sendInvoice === 'untilDue') {
    return untilDue(renewal, bill, subscription.state.startDate ?? subscription.firstAt)
  }
  if (FAILED.has(standing) || hasSessionFailed(context)) {
    return timeline.after(
      'none',
      reason(
        renewal,
        bill,
        'first_payment_failed',
        'The first payment failed; nothing was ever paid.',
      ),
    )
  }
  const since = standing === 'processing' ? bill?.created : checkoutUnderWay(context)
  if (policy.grantWhileProcessing && since !== undefined) {
    timeline.until(
      since + policy.processingDays * DAY,
      'active',
      reason(
        renewal,
        bill,
        'first_payment_processing',
        'The first payment is under way and the policy grants meanwhile.',
      ),
    )
  }
  needInvoice(renewal, bill, -Infinity)
  return timeline.after(
    'pending',
    reason(
      renewal,
      bill,
      'first_payment_open',
      `Stripe calls the subscription ${status}, but its first invoice is not known to be paid.`,
    ),
  )
}

/**
 * The earliest bill that was not paid decides, so that a serial non-payer gets no new grace with
 * each new invoice. Drafts count only when nothing else is owed.
 */
function firstUnpaid({ coverage, context }: Renewal, anchor: number | null): ItemLine | undefined {
  const { item, policy } = context
  const windowEnd = anchor === null ? Infinity : anchor + policy.renewalWindowHours * HOUR
  const isRenewal = ({ from, to }: ItemLine) =>
    anchor === null ||
    // Usage is billed for the period that ends at the anchor, everything else for the one after it.
    // What begins after the window is a later bill: where the first was missed it must not stand
    // in for it and begin a second grace.
    ((to > anchor || (item.isMetered && to === anchor)) && from <= windowEnd)
  const owed = coverage.unpaid
    .filter(isRenewal)
    .sort((a, b) => a.created - b.created || (a.invoice < b.invoice ? -1 : 1))
  return owed.find(({ standing }) => standing !== 'draft') ?? owed[0]
}

/** Stripe's own status tells of a failure even where the invoice's event is missing. */
function standingNow({ context }: Renewal, bill: ItemLine | undefined): Standing {
  const { status } = context.subscription.state
  const standing = bill?.standing ?? 'open'
  return status === 'past_due' ? 'failed' : standing
}

function inGrace(renewal: Renewal, bill: ItemLine | undefined, anchor: number): Segment[] {
  const { context, timeline } = renewal
  const { pastDueGraceDays } = context.policy
  const invoice = invoiceOf(context, bill)
  // Grace runs from when the bill was made final, not from the latest retry (design, "past_due").
  const from = Math.max(invoice?.state.finalizedAt ?? invoice?.openedAt ?? anchor, anchor)
  const end = from + pastDueGraceDays * DAY
  timeline.until(
    end,
    'grace',
    reason(
      renewal,
      bill,
      'payment_failed',
      `The renewal payment failed; grace until ${formatSecond(end)}.`,
    ),
  )
  needInvoice(renewal, bill, anchor)
  return timeline.after(
    'suspended',
    reason(renewal, bill, 'grace_over', 'The renewal payment failed and the grace is over.'),
  )
}

function untilDue(renewal: Renewal, bill: ItemLine | undefined, anchor: number): Segment[] {
  const { context, timeline } = renewal
  const { policy, subscription } = context
  if (policy.sendInvoice === 'paidOnly') {
    return timeline.after(
      'pending',
      reason(renewal, bill, 'invoice_unpaid', 'The invoice was sent and is not paid yet.'),
    )
  }
  const invoice = invoiceOf(context, bill)
  const sentAt = invoice?.state.finalizedAt ?? (invoice?.state.created ?? anchor) + DRAFT_HOURS
  const due = invoice?.state.dueDate ?? sentAt + (subscription.state.daysUntilDue ?? 0) * DAY
  const end = due + policy.pastDueGraceDays * DAY
  timeline.until(
    due,
    'active',
    reason(renewal, bill, 'invoice_sent', `The invoice is due ${formatSecond(due)}.`),
  )
  timeline.until(
    end,
    'grace',
    reason(
      renewal,
      bill,
      'invoice_overdue',
      `The invoice was due ${formatSecond(due)}; grace until ${formatSecond(end)}.`,
    ),
  )
  needInvoice(renewal, bill, end)
  return timeline.after(
    'suspended',
    reason(renewal, bill, 'grace_over', 'The invoice is overdue and the grace is over.'),
  )
}

function isCollectionPaused({ context }: Renewal): boolean {
  const { status, pauseCollection } = context.subscription.state
  return pauseCollection !== null && (status === 'active' || status === 'trialing')
}

/** "Your customer retains access" (row 65): the seller lets these periods go. */
function whilePaused(renewal: Renewal): Segment[] {
  const { context, timeline } = renewal
  const { policy, subscription } = context
  const { evidence, id, state } = subscription
  if (policy.pauseCollection === 'suspend') {
    return timeline.after(
      'suspended',
      because(
        'collection_paused',
        'Payment collection is paused and the policy suspends meanwhile.',
        evidence,
        [id],
      ),
    )
  }
  const kept = because(
    'collection_paused',
    'Payment collection is paused; Stripe keeps the customer’s access.',
    evidence,
    [id],
  )
  const resumesAt = state.pauseCollection?.resumesAt ?? null
  if (resumesAt === null) return timeline.after('active', kept)
  // Invoices start again with the first period after resuming.
  const periodEnd = Math.max(0, ...state.items.flatMap((item) => item.periodEnd ?? []))
  const end = Math.max(resumesAt, periodEnd) + policy.renewalWindowHours * HOUR
  timeline.until(end, 'active', kept)
  return timeline.after(
    'suspended',
    because('renewal_overdue', 'Collection resumed and no payment is known.', evidence, [id]),
  )
}

function hasSessionFailed(context: ItemContext): boolean {
  return sessionsOf(context).some(({ failedAt, paidAt }) => failedAt !== null && paidAt === null)
}

/** Second at which a Checkout completed whose delayed payment is still under way (row 21). */
function checkoutUnderWay(context: ItemContext): number | undefined {
  const session = sessionsOf(context).find(
    ({ completedAt, failedAt, paidAt }) =>
      completedAt !== null && failedAt === null && paidAt === null,
  )
  return session?.completedAt ?? undefined
}

function sessionsOf({ facts, joins, subscription }: ItemContext): CheckoutView[] {
  return [...(joins.sessionsOfSubscription.get(subscription.id) ?? [])]
    .sort()
    .flatMap((id) => facts.sessions.get(id) ?? [])
}

function invoiceOf({ facts }: ItemContext, bill: ItemLine | undefined): InvoiceView | undefined {
  return bill === undefined ? undefined : facts.invoices.get(bill.invoice)
}

/** Asks for the bill the subscription names but no event showed, once it starts to matter. */
function needInvoice(renewal: Renewal, bill: ItemLine | undefined, from: number): void {
  const { context, needs, now } = renewal
  const { facts, subscription } = context
  const { latestInvoice, items } = subscription.state
  if (bill !== undefined || now < from) return
  if (latestInvoice !== null) {
    if (!facts.invoices.has(latestInvoice) && !facts.missing.has(latestInvoice)) {
      needs.push({
        type: 'invoice',
        object: latestInvoice,
        reason: 'named by the subscription and not seen',
      })
    }
  } else if (!items.every((item) => item.isMetered)) {
    needs.push({
      type: 'subscription',
      object: subscription.id,
      reason: 'names no invoice although it charges',
    })
  }
}

function reason(renewal: Renewal, bill: ItemLine | undefined, code: string, message: string) {
  const { evidence, id } = renewal.context.subscription
  return because(
    code,
    message,
    [...new Set([...(bill?.evidence ?? []), ...evidence])],
    bill === undefined ? [id] : [bill.invoice, id],
  )
}
