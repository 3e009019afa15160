import { DAY, formatSecond, HOUR } from './calendar.ts'
import type { ItemLine } from './item-line.ts'
import { invoiceOf, needBill, reason, type Renewal } from './renewal-bill.ts'
import { because, type Segment } from './source.ts'

/** Stripe waits about an hour between drafting and charging an invoice (row 40). */
const DRAFT_HOURS = HOUR

export function inGrace(renewal: Renewal, bill: ItemLine | undefined, anchor: number): Segment[] {
  const { context, timeline } = renewal
  const { pastDueGraceDays } = context.policy
  const invoice = invoiceOf(context, bill)
  // Grace runs from when the bill was made final, not from the latest retry (design, "past_due").
  const from = invoice?.state.finalizedAt ?? invoice?.openedAt ?? anchor
  const end = from + pastDueGraceDays * DAY
  timeline.until(
    end,
    'grace',
    reason(
      renewal,
      bill,
      'payment_failed',
      `The renewal payment failed; access is kept until ${formatSecond(end)}.`,
    ),
  )
  needBill(renewal, bill, end - DAY)
  return timeline.after(
    'suspended',
    reason(renewal, bill, 'grace_over', 'The renewal payment failed and the grace period is over.'),
  )
}

export function untilDue(renewal: Renewal, bill: ItemLine | undefined, anchor: number): Segment[] {
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
      `The invoice was due ${formatSecond(due)}; access is kept until ${formatSecond(end)}.`,
    ),
  )
  needBill(renewal, bill, end - DAY)
  return timeline.after(
    'suspended',
    reason(renewal, bill, 'grace_over', 'The invoice is overdue and the grace period is over.'),
  )
}

/**
 * Past due before the only bill seen was due: an earlier one is, and no later one may stand in for
 * it. A bill of another item that was due by then says why; an item that no bill names has no date
 * of its own to wait for (R09).
 */
export function isOverdueElsewhere(
  { context, coverage }: Renewal,
  bill: ItemLine | undefined,
): boolean {
  const { facts, item, joins, subscription } = context
  const { state, lastAt } = subscription
  if (state.status !== 'past_due') return false
  const bills = [...(joins.invoicesOfSubscription.get(subscription.id) ?? [])].filter((id) =>
    facts.invoices.has(id),
  )
  const isUnbilled = !item.isMetered && coverage.billed.length === 0
  if (bill === undefined || isUnbilled) return bills.length > 0
  const dueOf = (id: string) => facts.invoices.get(id)?.state.dueDate ?? null
  const due = dueOf(bill.invoice)
  if (due === null || lastAt >= due) return false
  return !bills.some((id) => {
    const other = dueOf(id)
    return other !== null && other <= lastAt
  })
}

export function isCollectionPaused({ context }: Renewal): boolean {
  const { status, pauseCollection } = context.subscription.state
  const isSuspending = context.policy.pauseCollection === 'suspend'
  return pauseCollection !== null && (isSuspending || status === 'active' || status === 'trialing')
}

/** "Your customer retains access" (row 65): the seller lets these periods go. */
export function whilePaused(renewal: Renewal): Segment[] {
  const { context, timeline } = renewal
  const { policy, subscription } = context
  const { evidence, id, state } = subscription
  if (policy.pauseCollection === 'suspend') {
    return timeline.takenAfter(
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
