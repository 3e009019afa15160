import type { Json } from './event.ts'
import type { Invoice } from './invoice.ts'
import { renderLine } from './invoice-line.ts'
import { HOUR } from './time.ts'

/** The invoice as either shape sends it. */
export function renderInvoice(invoice: Invoice): Json {
  const { subscription, customer, lines, reason } = invoice.fields
  const isLegacy = invoice.account.shape === 'legacy'
  const ids = { invoice: invoice.id, subscription: subscription?.id ?? null }
  const metadata = subscription?.state.metadata ?? {}
  return {
    id: invoice.id,
    object: 'invoice',
    amount_due: invoice.amountDue,
    amount_paid: invoice.amountPaid,
    amount_remaining: invoice.amountDue - invoice.amountPaid,
    attempt_count: invoice.attemptCount,
    attempted: invoice.attempted,
    auto_advance: invoice.status === 'draft' || invoice.status === 'open',
    ...(isLegacy
      ? {}
      : { automatically_finalizes_at: invoice.status === 'draft' ? invoice.created + HOUR : null }),
    billing_reason: reason,
    ...(isLegacy
      ? { charge: invoice.payment?.charge?.id ?? null, payment_intent: invoice.payment?.id ?? null }
      : {}),
    collection_method: invoice.sendsInvoice ? 'send_invoice' : 'charge_automatically',
    created: invoice.created,
    currency: 'usd',
    customer: customer.id,
    due_date: invoice.dueDate,
    last_finalization_error:
      invoice.finalizationError === null ? null : { code: invoice.finalizationError },
    lines: {
      object: 'list',
      data: lines.map((line, index) =>
        renderLine(line, { ...ids, line: invoice.lineIds[index] ?? '' }, invoice.account.shape),
      ),
      has_more: false,
      total_count: lines.length,
      url: `/v1/invoices/${invoice.id}/lines`,
    },
    livemode: false,
    metadata: {},
    next_payment_attempt: invoice.nextPaymentAttempt,
    number: invoice.finalizedAt === null ? null : `N-${invoice.id}`,
    ...(isLegacy
      ? { paid: invoice.status === 'paid', paid_out_of_band: false }
      : { parent: basilParent(subscription?.id, metadata) }),
    period_end: invoice.created,
    period_start: invoice.created,
    starting_balance: -(invoice.fields.balance ?? 0),
    status: invoice.status,
    ...(isLegacy || invoice.uncollectibleReason === null
      ? {}
      : { status_details: { uncollectible: { reason: invoice.uncollectibleReason } } }),
    status_transitions: {
      finalized_at: invoice.finalizedAt,
      marked_uncollectible_at: invoice.uncollectibleAt,
      paid_at: invoice.paidAt,
      voided_at: invoice.voidedAt,
    },
    ...(isLegacy
      ? {
          subscription: subscription?.id ?? null,
          ...(subscription === undefined ? {} : { subscription_details: { metadata } }),
        }
      : {}),
    subtotal: invoice.total,
    total: invoice.total,
    webhooks_delivered_at: null,
  }
}

function basilParent(
  subscription: string | undefined,
  metadata: Record<string, string>,
): Json | null {
  if (subscription === undefined) return null
  return {
    type: 'subscription_details',
    quote_details: null,
    subscription_details: { metadata, subscription },
  }
}
