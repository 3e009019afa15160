import type { Policy } from '../../../src/core/catalog.ts'
import type { Subscription } from '../../../src/sandbox/tables.ts'
import type { Stretch } from './cover.ts'
import type { Ledger } from './ledger.ts'

const HOUR = 3_600
export const DAY = 86_400

/** Until when somebody is served on the strength of a bill that is not paid. */
export interface Patience {
  /** Unix seconds, exclusive. */
  readonly until: number
  readonly because: string
}

/**
 * How long the time after `anchor` is served although no money for it has come: by the earliest bill
 * for it, or by there being none yet (SPEC R08, R10, R11).
 */
export function patienceAfter(
  ledger: Ledger,
  subscription: Subscription,
  anchor: number,
  bill: Stretch | undefined,
  policy: Policy,
): Patience {
  if (subscription.collection_method === 'send_invoice' && policy.sendInvoice === 'paidOnly') {
    return { until: anchor, because: 'only what is paid counts' }
  }
  const window = {
    until: anchor + policy.renewalWindowHours * HOUR,
    because: 'the renewal may still be charged',
  }
  const grace = policy.pastDueGraceDays * DAY
  const pastDue = { until: anchor + grace, because: 'past due, and no bill for it yet' }
  const silence = subscription.status === 'past_due' ? pastDue : window
  const invoice = bill?.invoice
  if (bill === undefined || invoice === undefined || invoice === null) {
    // Nobody is to pay while collection is paused on an active subscription (SPEC R14).
    const isKept = subscription.status === 'active' && subscription.pause_collection !== null
    if (isKept) return { until: Infinity, because: 'collection is paused' }
    if (subscription.collection_method !== 'send_invoice') return silence
    // Whoever is sent bills has the time of one, sent an hour after the anchor.
    const due = anchor + HOUR + (subscription.days_until_due ?? 0) * DAY
    return { until: due + grace, because: 'on account, and no bill for it yet' }
  }
  // What lapsed before its bill was made is not served again without money (SPEC R10).
  if (bill.start > window.until) return window
  const failed = {
    until: (invoice.due_date ?? invoice.status_transitions.finalized_at ?? anchor) + grace,
    because: `${invoice.id} is not paid: grace`,
  }
  if (invoice.status === 'void' || invoice.status === 'uncollectible') return failed
  if (invoice.collection_method === 'send_invoice') return failed
  if (invoice.status === 'draft') {
    return invoice.last_finalization_error === null
      ? silence
      : { until: bill.end, because: `${invoice.id} cannot be finalised` }
  }
  if (subscription.status === 'past_due') return failed
  if (isUnderWay(ledger, invoice.id) && !hasFailed(ledger, invoice.id)) {
    return {
      until: anchor + policy.processingDays * DAY,
      because: `a debit for ${invoice.id} is under way`,
    }
  }
  return invoice.attempted ? failed : window
}

/** A bank debit takes days to settle (stripe-facts row 26). */
export function isUnderWay(ledger: Ledger, invoice: string): boolean {
  return ledger.intentsOf(invoice).some(({ status }) => status === 'processing')
}

/** Whether any attempt was refused before: another one under way brings no new patience (SPEC R10). */
export function hasFailed(ledger: Ledger, invoice: string): boolean {
  return ledger
    .intentsOf(invoice)
    .some(({ id }) =>
      ledger
        .versions('payment_intent', id)
        .some(({ value }) => (value.last_payment_error ?? null) !== null),
    )
}
