import type { PaymentIntentState, Snapshot } from '../fact.ts'
import { evidenceOf, firstSecond, highest, viewKnown, viewLatest, type View } from './view.ts'

export interface PaymentIntentView extends View<'payment_intent'> {
  succeededAt: number | null
}

const PAYMENT_INTENT_STATUSES: ReadonlySet<string> = new Set([
  'requires_payment_method',
  'requires_source',
  'requires_confirmation',
  'requires_action',
  'requires_source_action',
  'processing',
  'requires_capture',
  'canceled',
  'succeeded',
])

/** succeeded and canceled are terminal; the others may alternate (stripe-facts §6.1). */
export function viewPaymentIntent(
  id: string,
  snapshots: readonly Snapshot<'payment_intent'>[],
): PaymentIntentView | null {
  const statusOf = (state: PaymentIntentState) => state.status
  const all = viewKnown('payment_intent', id, snapshots, statusOf, PAYMENT_INTENT_STATUSES)
  const final = highest(all.known, ({ status }) =>
    status === 'succeeded' ? 2 : status === 'canceled' ? 1 : 0,
  )
  const view = viewLatest('payment_intent', id, final)
  if (view === null) return null
  const merged = { ...view.state }
  for (const { after } of all.known) {
    merged.customer ??= after?.customer ?? null
    merged.invoice ??= after?.invoice ?? null
    merged.latestCharge ??= after?.latestCharge ?? null
  }
  return {
    ...view,
    state: merged,
    unknownStatus: all.unknownStatus,
    isAmbiguous: view.isAmbiguous && view.state.status !== 'succeeded',
    succeededAt: firstSecond(all.known, ({ after }) => after?.status === 'succeeded'),
  }
}

export interface ChargeView extends View<'charge'> {
  succeededAt: number | null
}

const CHARGE_STATUSES: ReadonlySet<string> = new Set(['pending', 'succeeded', 'failed', 'paid'])

/** paid, captured and disputed only ever rise; amount_refunded may fall again (stripe-facts §6.2). */
export function viewCharge(
  id: string,
  snapshots: readonly Snapshot<'charge'>[],
): ChargeView | null {
  const all = viewKnown('charge', id, snapshots, (state) => state.status, CHARGE_STATUSES)
  const final = highest(all.known, ({ status }) => (status === 'pending' ? 0 : 1))
  const view = viewLatest('charge', id, final)
  if (view === null) return null
  const states = all.known.flatMap(({ after }) => (after === null ? [] : [after]))
  return {
    ...view,
    state: {
      ...view.state,
      isCaptured: states.some((state) => state.isCaptured),
      isDisputed: states.some((state) => state.isDisputed),
      invoice: states.find((state) => state.invoice !== null)?.invoice ?? null,
      paymentIntent: states.find((state) => state.paymentIntent !== null)?.paymentIntent ?? null,
    },
    unknownStatus: all.unknownStatus,
    succeededAt: firstSecond(
      all.known,
      ({ after }) => after?.status === 'succeeded' && after.isCaptured,
    ),
  }
}

const REFUND_STATUSES: ReadonlySet<string> = new Set([
  'pending',
  'requires_action',
  'succeeded',
  'failed',
  'canceled',
])

/** `succeeded` is no latch: a bank may still send the money back (stripe-facts row 76). */
export function viewRefund(
  id: string,
  snapshots: readonly Snapshot<'refund'>[],
): View<'refund'> | null {
  const all = viewKnown('refund', id, snapshots, (state) => state.status, REFUND_STATUSES)
  const final = highest(all.known, ({ status }) =>
    status === 'failed' || status === 'canceled' ? 2 : status === 'succeeded' ? 1 : 0,
  )
  const view = viewLatest('refund', id, final)
  return view === null ? null : { ...view, unknownStatus: all.unknownStatus, isAmbiguous: false }
}

const DISPUTE_RANK: Readonly<Record<string, number>> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  warning_closed: 2,
  needs_response: 3,
  under_review: 4,
  charge_refunded: 5,
  prevented: 5,
  lost: 6,
  appeal_needs_response: 7,
  appeal_under_review: 8,
  won: 9,
}
const DISPUTE_STATUSES: ReadonlySet<string> = new Set(Object.keys(DISPUTE_RANK))

/** The state machine runs one way: inquiry, dispute, lost, appeal, won (stripe-facts §6.1). */
export function viewDispute(
  id: string,
  snapshots: readonly Snapshot<'dispute'>[],
): View<'dispute'> | null {
  const all = viewKnown('dispute', id, snapshots, (state) => state.status, DISPUTE_STATUSES)
  const final = highest(all.known, ({ status }) => DISPUTE_RANK[status] ?? 0)
  const view = viewLatest('dispute', id, final)
  return view === null
    ? null
    : { ...view, evidence: evidenceOf(final), unknownStatus: all.unknownStatus, isAmbiguous: false }
}

export function viewInvoicePayment(
  id: string,
  snapshots: readonly Snapshot<'invoice_payment'>[],
): View<'invoice_payment'> | null {
  return viewLatest(
    'invoice_payment',
    id,
    highest(snapshots, ({ status }) => (status === 'paid' ? 2 : status === 'canceled' ? 1 : 0)),
  )
}
