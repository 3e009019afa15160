import type { InvoiceState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { invoiceLines, type InvoiceLines } from './invoice-line.ts'
import { invoiceStatus } from './invoice-status.ts'
import { idSet, ownerOf } from './owner.ts'

export function reduceInvoice(fields: Fields, _eventType: string, id: string): InvoiceState {
  const details = fields.child('parent').child('subscription_details')
  const namedSubscription = details.id('subscription') ?? fields.id('subscription')
  const lines = invoiceLines(fields, id, namedSubscription)
  const transitions = fields.child('status_transitions')
  const payments = (fields.list('payments')?.entries ?? []).map((entry) => entry.child('payment'))
  const status = invoiceStatus(fields)
  const amountDue = fields.integer('amount_due')
  return {
    status,
    customer: ownerOf(fields),
    subscription: namedSubscription ?? onlySubscription(lines),
    created: fields.integer('created') ?? fields.integer('date'),
    billingReason: fields.text('billing_reason'),
    collectionMethod: fields.text('collection_method') ?? fields.text('billing'),
    amountDue,
    // Before 2018 there was no `amount_paid`: an invoice was paid in full or not at all.
    amountPaid: fields.integer('amount_paid') ?? (status === 'paid' ? amountDue : 0),
    total: fields.integer('total'),
    attempted: fields.flag('attempted') ?? (fields.integer('attempt_count') ?? 0) > 0,
    attemptCount: fields.integer('attempt_count') ?? 0,
    nextPaymentAttempt: fields.integer('next_payment_attempt'),
    dueDate: fields.integer('due_date'),
    finalizedAt: transitions.integer('finalized_at') ?? fields.integer('finalized_at'),
    paidAt: transitions.integer('paid_at'),
    hasFinalizationError: fields.child('last_finalization_error').isPresent,
    uncollectibleReason: fields.child('status_details').child('uncollectible').text('reason'),
    lines: lines.lines,
    hasMoreLines: lines.hasMore,
    paymentIntents: idSet([
      fields.id('payment_intent'),
      ...payments.map((payment) => payment.id('payment_intent')),
    ]),
    charges: idSet([fields.id('charge'), ...payments.map((payment) => payment.id('charge'))]),
    metadata: fields.metadata('metadata'),
    subscriptionMetadata: subscriptionMetadata(fields, details, lines),
  }
}

/** A subscription all naming lines agree on; an invoice over several has none of its own. */
function onlySubscription({ lines }: InvoiceLines): string | null {
  const [subscription, ...others] = idSet(lines.map((line) => line.subscription))
  return subscription !== undefined && others.length === 0 ? subscription : null
}

/**
 * `parent.subscription_details` since basil, `subscription_details` from 2023; before, a line of
 * type `subscription` carried the subscription's metadata as its own.
 */
function subscriptionMetadata(
  fields: Fields,
  details: Fields,
  lines: InvoiceLines,
): Record<string, string> {
  if (details.has('metadata')) return details.metadata('metadata')
  const older = fields.child('subscription_details')
  if (older.has('metadata')) return older.metadata('metadata')
  if (fields.has('parent')) return {}
  return lines.subscriptionMetadata
}
