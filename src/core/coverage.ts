import { DAY } from './calendar.ts'
import type { InvoiceLineState } from './fact.ts'
import { standingOf } from './invoice-standing.ts'
import type { Coverage, ItemContext, ItemLine } from './item-line.ts'
import { coverLicensed } from './licensed-coverage.ts'
import { coverMetered } from './metered-coverage.ts'
import type { InvoiceView } from './views/invoice-view.ts'

/**
 * Covered until = the end of the latest period that a paid line covers. Lines of a finalised invoice
 * never change, so this needs no order of events (stripe-facts §6.3); `current_period_end` is not
 * money: it jumps ahead about an hour before the renewal is even charged (row 40).
 */
export function coverItem(context: ItemContext): Coverage {
  const coverage: Coverage = {
    paid: [],
    reversed: [],
    unpaid: [],
    hollow: [],
    until: null,
    needs: [],
    billed: [],
    credits: [],
  }
  const { facts, joins, subscription } = context
  for (const id of [...(joins.invoicesOfSubscription.get(subscription.id) ?? [])].sort()) {
    const invoice = facts.invoices.get(id)
    if (invoice !== undefined) addInvoice(coverage, context, invoice)
  }
  if (context.item.isMetered) coverMetered(coverage, context)
  else coverLicensed(coverage)
  return coverage
}

function addInvoice(coverage: Coverage, context: ItemContext, invoice: InvoiceView): void {
  const lines = invoice.state.lines.filter(
    (line) => concerns(line, context) || isOfPredecessor(line, invoice, context),
  )
  if (!lines.some((line) => line.isSubscriptionLine && !line.isProration)) {
    if (invoice.state.hasMoreLines) {
      coverage.needs.push({
        type: 'invoice',
        object: invoice.id,
        reason: 'has more lines than the event carried',
      })
    }
    if (lines.length === 0) return
  }
  const { standing, evidence, needs } = standingOf(context, invoice)
  coverage.needs.push(...needs)
  for (const line of lines) {
    const isCredit = line.isProration && line.amount < 0
    if (line.periodEnd === null || (!isCredit && !isCharge(line, context))) continue
    const covering: ItemLine = {
      from: line.periodStart ?? line.periodEnd,
      to: line.periodEnd,
      bought: line,
      isProration: line.isProration,
      amount: line.amount,
      invoice: invoice.id,
      billingReason: invoice.state.billingReason,
      created: invoice.state.created ?? invoice.firstAt,
      standing,
      evidence,
    }
    if (isCredit) {
      if (standing === 'paid' || standing === 'forgiven') coverage.credits.push(covering)
      continue
    }
    coverage.billed.push(covering)
    if (standing === 'paid' || standing === 'forgiven') coverage.paid.push(covering)
    else if (standing === 'disputed' || standing === 'lost' || standing === 'refunded') {
      coverage.reversed.push(covering)
    } else coverage.unpaid.push(covering)
  }
}

/** Newer payloads name the item; old ones only the subscription and the plan (stripe-facts §2.3). */
function concerns(line: InvoiceLineState, { subscription, item }: ItemContext): boolean {
  if (line.subscriptionItem !== null) return line.subscriptionItem === item.id
  if (line.subscription !== null && line.subscription !== subscription.id) return false
  if (!line.isSubscriptionLine && !line.isProration) return false
  return subscription.state.items.length === 1 || line.price === item.price
}

/** An item put in the place of one that is gone stands on what was paid for that one. */
function isOfPredecessor(
  line: InvoiceLineState,
  invoice: InvoiceView,
  { subscription, item }: ItemContext,
): boolean {
  if (line.subscriptionItem === null || item.created === null || item.isMetered || line.isMetered)
    return false
  const isGone = !subscription.state.items.some(({ id }) => id === line.subscriptionItem)
  return isGone && (invoice.state.created ?? invoice.firstAt) < item.created
}

/** A credit covers nothing, and a $0 line covers unless its period is the trial (row 9). */
function isCharge(line: InvoiceLineState, context: ItemContext): boolean {
  if (line.isProration) return line.amount > 0 || isFree(line, context)
  return line.amount !== 0 || !isTrialLine(line, context)
}

/** A change to what costs nothing: the time of the old price at $0 tells nothing of the sort. */
function isFree({ amount, price, quantity }: InvoiceLineState, { item }: ItemContext): boolean {
  return amount === 0 && price === item.price && (item.unitAmount === 0 || quantity === 0)
}

function isTrialLine(line: InvoiceLineState, { subscription, item }: ItemContext): boolean {
  if (item.isMetered) return false
  const { trialStart, trialEnd } = subscription.state
  // A licensed price that costs something appears at $0 only in a trial: discounts leave the line whole.
  if (line.price === item.price && (item.unitAmount ?? 0) > 0 && line.quantity > 0) return true
  if (trialEnd === null || line.periodEnd === null || item.unitAmount === 0) return false
  // A trial cut short leaves its $0 line with the period first planned, so its start counts as well.
  const startsWithTrial =
    trialStart !== null &&
    line.periodStart !== null &&
    Math.abs(line.periodStart - trialStart) <= DAY
  return line.periodEnd <= trialEnd || startsWithTrial
}
