import { DAY, HOUR } from './calendar.ts'
import { inOrder, type Coverage, type ItemContext, type ItemLine } from './item-line.ts'
import type { Alert, Need } from './decision.ts'
import { FAILED, standingOf, type Standing } from './invoice-standing.ts'
import { because, type Timeline } from './source.ts'
import type { InvoiceView } from './views/invoice-view.ts'

/** Everything the question "and after what is paid?" needs. */
export interface Renewal {
  context: ItemContext
  coverage: Coverage
  /** Already holds what is paid or in trial. */
  timeline: Timeline
  needs: Need[]
  alerts: Alert[]
  /** Seconds at which a need begins to matter, with no other change. */
  lookAgain: number[]
  now: number
}

/**
 * The earliest bill that was not paid decides, so that a serial non-payer gets no new grace with
 * each new invoice.
 */
export function firstUnpaid(
  { coverage, context }: Renewal,
  anchor: number | null,
): ItemLine | undefined {
  const { item, policy } = context
  const windowEnd = anchor === null ? Infinity : anchor + policy.renewalWindowHours * HOUR
  const isRenewal = ({ from, to }: ItemLine) =>
    anchor === null ||
    // Usage is billed for the period that ends at the anchor, everything else for the one after it.
    // What begins after the window is a later bill: where the first was missed it must not stand
    // in for it and begin a second grace.
    // A bill that reaches past the anchor is owed for the time after it, however early it was made;
    // a proration within the period ends with it.
    ((to > anchor || (item.isMetered && to === anchor)) && from <= windowEnd)
  const owed = coverage.unpaid.filter(isRenewal).sort(inOrder)
  const isDead = ({ standing }: ItemLine) => standing === 'void'
  const first = owed[0]
  if (first === undefined || !isDead(first)) return first
  // Voided and made again for the same period: the new bill speaks for it (row 83).
  return owed.find((bill) => !isDead(bill) && bill.from <= first.from + DAY) ?? first
}

/** Stripe's own status tells of a failure even where the invoice's event is missing. */
export function standingNow({ context }: Renewal, bill: ItemLine | undefined): Standing {
  const standing = bill?.standing ?? 'open'
  if (isGivenUp(standing)) return standing
  return context.subscription.state.status === 'past_due' ? 'failed' : standing
}

/**
 * Whether a bill of the subscription, made by this second, was refused and none was ever paid: then no
 * debit under way is trusted again, for whatever item (R04, R09).
 */
export function wasRefused({ context }: Renewal, by: number): boolean {
  const { facts, joins, subscription } = context
  const bills = [...(joins.invoicesOfSubscription.get(subscription.id) ?? [])].flatMap(
    (id) => facts.invoices.get(id) ?? [],
  )
  return (
    bills.every((bill) => standingOf(context, bill).standing !== 'paid') &&
    bills.some(
      (bill) =>
        (bill.state.created ?? bill.firstAt) <= by &&
        FAILED.has(standingOf(context, bill).standing),
    )
  )
}

/** Not asked for any more, whoever gave it up. */
export function isGivenUp(standing: Standing): boolean {
  return standing === 'void' || standing === 'uncollectible'
}

export function invoiceOf(
  { facts }: ItemContext,
  bill: ItemLine | undefined,
): InvoiceView | undefined {
  return bill === undefined ? undefined : facts.invoices.get(bill.invoice)
}

/**
 * Asks for the bill that decides, once, from `from` on: shortly before access would end for want of
 * an event that may have been lost. Where the subscription names none that is unsettled, its own
 * latest state was missed.
 */
export function needBill(renewal: Renewal, bill: ItemLine | undefined, from: number): void {
  const { context, lookAgain, needs, now } = renewal
  const need = questionAbout(context, bill)
  if (need === null || (need.readAt !== null && need.readAt >= from)) return
  if (now < from) lookAgain.push(from)
  else needs.push({ type: need.type, object: need.object, reason: need.reason })
}

interface Question extends Need {
  readAt: number | null
}

function questionAbout(
  { facts, subscription }: ItemContext,
  bill: ItemLine | undefined,
): Question | null {
  const { latestInvoice, items } = subscription.state
  const invoice = bill?.invoice ?? latestInvoice
  const view = facts.invoices.get(invoice ?? '')
  const isOpen = bill !== undefined || (invoice !== null && view === undefined)
  if (invoice !== null && isOpen) {
    if (facts.missing.has(invoice)) return null
    const reason =
      view === undefined ? 'named by the subscription and not seen' : 'not known to be paid'
    return { type: 'invoice', object: invoice, reason, readAt: view?.readAt ?? null }
  }
  if (latestInvoice === null && items.every((item) => item.isMetered)) return null
  const reason = 'its period is over and it names no bill for the next'
  return { type: 'subscription', object: subscription.id, reason, readAt: subscription.readAt }
}

export function reason(
  renewal: Renewal,
  bill: ItemLine | undefined,
  code: string,
  message: string,
) {
  const { evidence, id } = renewal.context.subscription
  return because(
    code,
    message,
    [...new Set([...(bill?.evidence ?? []), ...evidence])],
    bill === undefined ? [id] : [bill.invoice, id],
  )
}
