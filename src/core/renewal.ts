import { DAY, formatSecond, HOUR } from './calendar.ts'
import { checkoutUnderWay, hasCheckoutFailed } from './first-session.ts'
import { FAILED } from './invoice-standing.ts'
import {
  firstUnpaid,
  isGivenUp,
  needBill,
  reason,
  standingNow,
  wasRefused,
  type Renewal,
} from './renewal-bill.ts'
import {
  inGrace,
  isCollectionPaused,
  isOverdueElsewhere,
  untilDue,
  whilePaused,
} from './renewal-deadlines.ts'
import { alert, type Segment } from './source.ts'

/** Past the anchor: the paid period or an honoured trial is over, and its renewal decides. */
export function afterAnchor(renewal: Renewal, anchor: number): Segment[] {
  const { context, timeline } = renewal
  const { policy, subscription } = context
  const { status, collectionMethod } = subscription.state
  const bill = firstUnpaid(renewal, anchor)
  if (status === 'unpaid') {
    return timeline.takenAfter(
      'suspended',
      reason(
        renewal,
        bill,
        'unpaid',
        'Stripe has stopped trying to collect, and the invoice is unpaid.',
      ),
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
        'The renewal payment is under way; bank debits take days.',
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
        `${paidThrough(renewal, anchor)}; the renewal may still be paid until ${formatSecond(windowEnd)}.`,
      ),
    )
  }
  needBill(renewal, bill, timeline.end - DAY)
  return timeline.after(
    'suspended',
    reason(
      renewal,
      bill,
      'renewal_overdue',
      `${paidThrough(renewal, anchor)}; no renewal payment came in time.`,
    ),
  )
}

/** What ended at the anchor. Usage is billed afterwards, so its time was never paid, only not due. */
function paidThrough({ context, coverage }: Renewal, anchor: number): string {
  const isTrial = coverage.until === null || coverage.until < anchor
  const paid = context.item.isMetered ? 'Nothing was due before' : 'Paid through'
  return `${isTrial ? 'The trial ended' : paid} ${formatSecond(anchor)}`
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
  // A pause lets periods made meanwhile go (their bills count as forgiven): nothing else is kept by it.
  if (isCollectionPaused(renewal) && policy.pauseCollection === 'suspend')
    return whilePaused(renewal)
  const isSent = collectionMethod === 'send_invoice' && policy.sendInvoice === 'untilDue'
  if (isSent && !isGivenUp(standing)) {
    if (isOverdueElsewhere(renewal, bill)) {
      return timeline.after(
        'suspended',
        reason(renewal, bill, 'grace_over', 'An earlier invoice is overdue and was never paid.'),
      )
    }
    return untilDue(renewal, bill, subscription.state.startDate ?? subscription.firstAt)
  }
  if (FAILED.has(standing) || hasCheckoutFailed(context)) {
    // Stripe calls it active although its first attempt failed: a later payment may have been missed.
    if (status === 'active') needBill(renewal, bill, (bill?.created ?? subscription.lastAt) + DAY)
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
  if (policy.grantWhileProcessing && since !== undefined && !wasRefused(renewal, since)) {
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
  // An open first bill is usually paid within seconds; one not seen at all is asked for at once.
  needBill(renewal, bill, bill === undefined ? -Infinity : bill.created + DAY)
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
