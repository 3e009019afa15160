import type { JudgeContext } from './judge-subscription.ts'
import type { CheckoutView } from './views/checkout-view.ts'
import type { InvoiceView } from './views/invoice-view.ts'
import type { PaymentIntentView } from './views/payment-views.ts'

/** `at`: second at which the money came in, from which a pass runs. */
export type PurchaseStanding =
  | { kind: 'paid'; at: number; evidence: string[] }
  | { kind: 'processing'; since: number; evidence: string[] }
  | { kind: 'authorized'; evidence: string[] }
  | { kind: 'unpaid'; evidence: string[] }
  | { kind: 'failed'; evidence: string[] }
  | { kind: 'canceled'; evidence: string[] }

/** `complete` is not paid and paid is not captured: the session, its money and its failure decide (rows 28–33). */
export function sessionStanding(
  { facts, joins }: JudgeContext,
  session: CheckoutView,
): PurchaseStanding {
  const intent = facts.paymentIntents.get(session.state.paymentIntent ?? '')
  const byIntent = intent === undefined ? null : intentStanding(intent)
  const charge = [...(joins.chargesOfPaymentIntent.get(session.state.paymentIntent ?? '') ?? [])]
    .flatMap((id) => facts.charges.get(id) ?? [])
    .find(({ state }) => state.status === 'succeeded')
  if (charge !== undefined && charge.succeededAt !== null) {
    const at = Math.min(charge.succeededAt, session.paidAt ?? charge.succeededAt)
    return { kind: 'paid', at, evidence: charge.evidence }
  }
  if (byIntent?.kind === 'authorized' || byIntent?.kind === 'canceled') return byIntent
  if (charge !== undefined) return { kind: 'authorized', evidence: charge.evidence }
  if (session.paidAt !== null) {
    const at = Math.min(session.paidAt, intent?.succeededAt ?? session.paidAt)
    return { kind: 'paid', at, evidence: session.paidEvidence }
  }
  if (byIntent?.kind === 'paid') return byIntent
  const invoice = facts.invoices.get(session.state.invoice ?? '')
  if (invoice?.state.status === 'paid') {
    return { kind: 'paid', at: invoice.settledAt ?? invoice.firstAt, evidence: invoice.evidence }
  }
  if (session.failedAt !== null) return { kind: 'failed', evidence: session.failedEvidence }
  const since = session.completedAt ?? session.firstAt
  // Checkout completes only once a payment is under way: an error after that is this payment's.
  if (byIntent?.kind === 'failed' && (intent?.lastAt ?? 0) >= since) return byIntent
  return { kind: 'processing', since, evidence: session.evidence }
}

export function intentStanding(intent: PaymentIntentView): PurchaseStanding {
  const { evidence, succeededAt, state, firstAt } = intent
  switch (state.status) {
    case 'succeeded':
      return { kind: 'paid', at: succeededAt ?? firstAt, evidence }
    case 'requires_capture':
      return { kind: 'authorized', evidence }
    case 'canceled':
      return { kind: 'canceled', evidence }
    case 'processing':
      return { kind: 'processing', since: firstAt, evidence }
    default:
      return { kind: state.hasPaymentError ? 'failed' : 'unpaid', evidence }
  }
}

/** An invoice's one-time lines are paid with it; drafts, void and written-off ones sell nothing. */
export function invoicePurchaseStanding(invoice: InvoiceView): PurchaseStanding | null {
  const { evidence, state } = invoice
  switch (state.status) {
    case 'paid':
      return { kind: 'paid', at: invoice.settledAt ?? invoice.firstAt, evidence }
    case 'open':
      return { kind: 'unpaid', evidence }
    default:
      return null
  }
}
