import type { Policy } from '../../../src/core/catalog.ts'
import type { Subscription, SubscriptionItem } from '../../../src/sandbox/tables.ts'
import { DAY, isUnderWay, patienceAfter } from './bills.ts'
import { isPaid, type Stretch } from './cover.ts'
import type { Ledger } from './ledger.ts'

/** What a subscription item gives at a second. */
export interface ItemRight {
  readonly allowed: boolean
  /** The price and quantity that count; null quantity: none is sold. */
  readonly price: string
  readonly quantity: number | null
  readonly because: string
}

export interface ItemCase {
  readonly ledger: Ledger
  readonly subscription: Subscription
  readonly item: SubscriptionItem
  readonly policy: Policy
  /** What was billed for the item, or for those whose place it took. */
  readonly stretches: readonly Stretch[]
}

const HOUR = 3_600
/** Judges an item of a subscription that nothing has stopped. */
export function itemRight(given: ItemCase): ItemRight {
  const { ledger, subscription, stretches, policy } = given
  const now = ledger.now(subscription.test_clock)
  const paid = stretches.filter((stretch) => isPaid(stretch) && stretch.start < stretch.end)
  const coveredUntil = Math.max(-Infinity, ...paid.map(({ end }) => end))
  const terms = termsOf(given, paid, Math.min(now, coveredUntil - 1))
  const answer = (allowed: boolean, because: string): ItemRight => ({ ...terms, allowed, because })
  if (now < coveredUntil) return answer(true, `paid or forgiven until ${String(coveredUntil)}`)
  if (subscription.status === 'incomplete') return answer(false, 'the first payment is awaited')

  const trialEnd = policy.trial === 'grant' ? subscription.trial_end : null
  if (trialEnd !== null && subscription.status === 'trialing') {
    return answer(now < trialEnd + HOUR, `on trial until ${String(trialEnd)}`)
  }
  if (policy.pauseCollection === 'suspend' && subscription.pause_collection !== null) {
    return answer(false, 'collection is paused, which suspends what is not paid')
  }
  const anchor = Math.max(coveredUntil, trialEnd ?? -Infinity)
  const isRunning = subscription.status === 'active' || subscription.status === 'trialing'
  if (subscription.pause_collection !== null && isRunning && anchor > -Infinity) {
    return answer(true, 'collection is paused, which keeps what there was')
  }
  const bill = stretches.find(
    (stretch) =>
      !isPaid(stretch) &&
      stretch.end > anchor &&
      (stretch.start >= anchor - DAY || stretch.price === given.item.price.id),
  )
  if (anchor === -Infinity) return neverCovered(given, bill, answer)
  const patience = patienceAfter(ledger, subscription, anchor, bill, policy)
  return answer(now < patience.until, `${patience.because}, until ${String(patience.until)}`)
}

/** SPEC R09, R11 and `grantWhileProcessing`. */
function neverCovered(
  { ledger, subscription, policy }: ItemCase,
  bill: Stretch | undefined,
  answer: (allowed: boolean, because: string) => ItemRight,
): ItemRight {
  const now = ledger.now(subscription.test_clock)
  const invoice = bill?.invoice
  if (
    bill === undefined ||
    invoice === undefined ||
    invoice === null ||
    bill.standing === 'taken'
  ) {
    return answer(false, 'nothing of it was ever paid')
  }
  const isSent = invoice.collection_method === 'send_invoice'
  const isAwaited = invoice.status === 'open' || invoice.status === 'draft'
  if (isAwaited && isSent && policy.sendInvoice === 'untilDue') {
    const { until, because } = patienceAfter(ledger, subscription, bill.start, bill, policy)
    return answer(now < until, `${because}, until ${String(until)}`)
  }
  if (policy.grantWhileProcessing && isAwaited && isUnderWay(ledger, invoice.id)) {
    const until = invoice.created + policy.processingDays * DAY
    return answer(now < until, `its first debit is under way, until ${String(until)}`)
  }
  return answer(false, `${invoice.id} is ${String(invoice.status)}, and nothing was ever paid`)
}

/**
 * The price and quantity that count (SPEC R17): what the item shows, unless a bill was made for it
 * that is not paid; then what was paid last.
 */
function termsOf(
  given: ItemCase,
  paid: readonly Stretch[],
  second: number,
): Pick<ItemRight, 'price' | 'quantity'> {
  const { item, policy, stretches, subscription } = given
  const shown = { price: item.price.id, quantity: item.quantity ?? null }
  const running = paid.filter(({ start, end }) => start <= second && second < end)
  const isShown = ({ price, quantity, invoice }: Stretch) =>
    invoice === null || (price === shown.price && (quantity ?? 1) === (shown.quantity ?? 1))
  const last = running.at(-1)
  if (policy.unpaidUpgrade === 'grantNew' || last === undefined || last.price === null) return shown
  if (isMetered(item) || running.some(isShown)) return shown
  // Less of the same is in force at once, whatever is owed.
  if (last.price === shown.price && (shown.quantity ?? 1) <= (last.quantity ?? 1)) return shown
  const isUnpaid =
    subscription.status === 'past_due' ||
    stretches.some(
      (stretch) =>
        !isPaid(stretch) &&
        // What was raised further and taken back in part hangs on the same bill.
        stretch.price === shown.price &&
        (stretch.quantity ?? 1) >= (shown.quantity ?? 1) &&
        (stretch.standing === 'taken' || isDemanded(given, stretch)),
    )
  return isUnpaid ? { price: last.price, quantity: last.quantity } : shown
}

/**
 * A draft asks for nothing yet, a bill sent is waited for (SPEC R11, R17), and the renewal's, whatever
 * it settles of changes before it, once its payment failed (R08, R10).
 */
function isDemanded({ ledger, subscription, policy }: ItemCase, { invoice }: Stretch): boolean {
  if (invoice === null) return false
  const { status, due_date: dueAt, billing_reason: reason } = invoice
  const isAsked = status === 'draft' || status === 'open'
  if (subscription.collection_method === 'send_invoice') {
    const graceEnd = (dueAt ?? -Infinity) + policy.pastDueGraceDays * DAY
    const isEarly = ledger.now(subscription.test_clock) < graceEnd
    return policy.sendInvoice === 'paidOnly' || !isAsked || !isEarly
  }
  if (status === 'open' && reason === 'subscription_cycle') {
    return invoice.attempted && !isUnderWay(ledger, invoice.id)
  }
  // A bill for a change alone is final at once: kept as a draft, it is not collected.
  if (status === 'draft') return reason === 'subscription_update'
  return status !== 'paid'
}

export function isMetered({ price }: SubscriptionItem): boolean {
  return price.recurring?.usage_type === 'metered'
}
