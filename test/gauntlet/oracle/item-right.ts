import type { Policy } from '../../../src/core/catalog.ts'
import type { Invoice, Subscription, SubscriptionItem } from '../../../src/sandbox/tables.ts'
import { DAY, hasFailed, isUnderWay, patienceAfter } from './bills.ts'
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
  /** What was billed for the item, for those whose place it took, or for those beside it. */
  readonly stretches: readonly Stretch[]
  /** Added between bills: it goes by what those beside it have paid, and has no grace (SPEC R09). */
  readonly isGuest: boolean
}

const HOUR = 3_600
/** Judges an item of a subscription that nothing has stopped. */
export function itemRight(given: ItemCase): ItemRight {
  const { ledger, subscription, stretches, policy, isGuest } = given
  const now = ledger.now(subscription.test_clock)
  const paid = stretches.filter((stretch) => isPaid(stretch) && stretch.start < stretch.end)
  const coveredUntil = Math.max(-Infinity, ...paid.map(({ end }) => end))
  const sold = termsOf(given, paid, Math.min(now, coveredUntil - 1))
  const answer = (allowed: boolean, because: string): ItemRight => ({ ...sold, allowed, because })
  if (isGuest && subscription.status === 'past_due') {
    return answer(false, 'nothing of it was ever paid, and what it came to is overdue')
  }
  if (now < coveredUntil) return answer(true, `paid or forgiven until ${String(coveredUntil)}`)
  if (subscription.status === 'incomplete') return answer(false, 'the first payment is awaited')

  const trialEnd = policy.trial === 'grant' ? trialOf(given) : null
  if (trialEnd !== null && subscription.status === 'trialing') {
    return answer(now < trialEnd + HOUR, `on trial until ${String(trialEnd)}`)
  }
  if (policy.pauseCollection === 'suspend' && subscription.pause_collection !== null) {
    return answer(false, 'collection is paused, which suspends what is not paid')
  }
  const anchor = Math.max(coveredUntil, trialEnd ?? -Infinity)
  if (stretches.some(({ end, standing }) => standing === 'taken' && end > anchor)) {
    return answer(false, 'what was paid last was taken back')
  }
  const isRunning = subscription.status === 'active' || subscription.status === 'trialing'
  if (subscription.pause_collection !== null && isRunning && anchor > -Infinity) {
    return answer(true, 'collection is paused, which keeps what there was')
  }
  // What is paid is served to its end; nothing more is waited for (stripe-facts row 46).
  if (subscription.status === 'unpaid') return answer(false, 'unpaid, and Stripe has given up')
  const bill = billAfter(stretches, anchor)
  if (anchor === -Infinity) return neverCovered(given, bill, answer)
  const terms = isGuest ? { ...policy, pastDueGraceDays: 0 } : policy
  const patience = patienceAfter(ledger, subscription, anchor, bill, terms)
  return answer(now < patience.until, `${patience.because}, until ${String(patience.until)}`)
}

/** None for what was added to others since it ended. */
function trialOf({ item, ledger, subscription }: ItemCase): number | null {
  const end = subscription.trial_end
  const wasThere = ({ id }: SubscriptionItem) => ledger.firstSight(subscription, id) <= (end ?? 0)
  return wasThere(item) || !ledger.items(subscription).some(wasThere) ? end : null
}

/**
 * The earliest bill for the time after a second. One that was voided and made again gives way to the
 * new one (stripe-facts row 83).
 */
function billAfter(stretches: readonly Stretch[], anchor: number): Stretch | undefined {
  const owed = stretches.filter((stretch) => isOwed(stretch) && stretch.end > anchor)
  const [first] = owed
  if (first?.invoice?.status !== 'void') return first
  const again = owed.find(
    ({ invoice, start }) => invoice?.status !== 'void' && start <= first.start + DAY,
  )
  return again ?? first
}

/** What was settled by giving back what nobody had paid pays for nothing, and asks for nothing. */
function isOwed({ invoice, standing }: Stretch): boolean {
  return standing === 'taken' || (standing === 'none' && invoice?.status !== 'paid')
}

/** SPEC R09, R11 and `grantWhileProcessing`. */
function neverCovered(
  { ledger, subscription, policy, stretches }: ItemCase,
  bill: Stretch | undefined,
  answer: (allowed: boolean, because: string) => ItemRight,
): ItemRight {
  const now = ledger.now(subscription.test_clock)
  const invoice = bill?.invoice
  if (bill === undefined || invoice === undefined || invoice === null) {
    return answer(false, 'nothing of it was ever paid')
  }
  const isSent = invoice.collection_method === 'send_invoice'
  const isAwaited = invoice.status === 'open' || invoice.status === 'draft'
  if (isAwaited && isSent && policy.sendInvoice === 'untilDue') {
    const { until, because } = patienceAfter(ledger, subscription, bill.start, bill, policy)
    return answer(now < until, `${because}, until ${String(until)}`)
  }
  const wasRefused = (bills: readonly (Invoice | null)[]) =>
    bills.some(
      (one) =>
        one !== null && ledger.rank(one.id) <= ledger.rank(invoice.id) && isRefused(ledger, one),
    )
  const bills = ledger.invoicesOf(subscription.id)
  const hasPaid = bills.some(({ status }) => status === 'paid')
  // Past due: something was refused before.
  const isTrusted =
    subscription.status !== 'past_due' &&
    !wasRefused(hasPaid ? stretches.map((stretch) => stretch.invoice) : bills)
  if (policy.grantWhileProcessing && isAwaited && isTrusted && isUnderWay(ledger, invoice.id)) {
    const until = invoice.created + policy.processingDays * DAY
    return answer(now < until, `its first debit is under way, until ${String(until)}`)
  }
  return answer(false, `${invoice.id} is ${String(invoice.status)}, and nothing was ever paid`)
}

/** A first payment that failed is trusted no more: only money tells otherwise (SPEC R04, R09). */
function isRefused(ledger: Ledger, invoice: Invoice): boolean {
  const isGone = invoice.status === 'void' || invoice.status === 'uncollectible'
  return isGone || hasFailed(ledger, invoice.id)
}

/**
 * The price and quantity that count (SPEC R17): what the item shows, unless a bill was made for it
 * that is not paid; then what was paid last, whatever was changed on top of that.
 */
function termsOf(
  given: ItemCase,
  paid: readonly Stretch[],
  second: number,
): Pick<ItemRight, 'price' | 'quantity'> {
  const { item, ledger, policy, stretches, subscription } = given
  const shown = { price: item.price.id, quantity: item.quantity ?? null }
  const running = paid.filter(({ start, end }) => start <= second && second < end)
  const isShown = ({ price, quantity, invoice }: Stretch) =>
    invoice === null || (price === shown.price && (quantity ?? 1) === (shown.quantity ?? 1))
  const last = running.at(-1)
  if (given.isGuest || policy.unpaidUpgrade === 'grantNew') return shown
  if (last === undefined || last.price === null) return shown
  if (isMetered(item) || running.some(isShown)) return shown
  // Less of the same is in force at once, whatever is owed.
  if (last.price === shown.price && (shown.quantity ?? 1) <= (last.quantity ?? 1)) return shown
  const rank = ledger.rank(last.invoice?.id ?? null)
  const isUnpaid =
    subscription.status === 'past_due' ||
    stretches.some(
      (stretch) =>
        !isPaid(stretch) &&
        isForChange(given, stretch, last) &&
        ledger.rank(stretch.invoice?.id ?? null) > rank &&
        (stretch.standing === 'taken' || isDemanded(given, stretch)),
    )
  return isUnpaid ? { price: last.price, quantity: last.quantity } : shown
}

/** Past what is paid, a bill made at its end or later is the renewal, for what is shown then (SPEC R17). */
function isForChange(
  { ledger, subscription }: ItemCase,
  { end, invoice }: Stretch,
  last: Stretch,
): boolean {
  const now = ledger.now(subscription.test_clock)
  if (now < last.end) return end > now
  return (
    invoice?.billing_reason === 'subscription_update' || (invoice?.created ?? Infinity) < last.end
  )
}

/**
 * A draft asks for nothing yet, a bill sent is waited for (SPEC R11, R17), and the renewal's, whatever
 * it settles of changes before it, once its payment failed (R08, R10).
 */
function isDemanded({ ledger, subscription, policy }: ItemCase, { invoice }: Stretch): boolean {
  if (invoice === null) return false
  const { status, due_date: dueAt, billing_reason: reason } = invoice
  // A draft of nothing will be paid by being made final.
  if (status === 'paid' || (status === 'draft' && invoice.amount_due <= 0)) return false
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
  return true
}

export function isMetered({ price }: SubscriptionItem): boolean {
  return price.recurring?.usage_type === 'metered'
}
