import type { CheckoutSessionState, Snapshot } from '../fact.ts'
import { evidenceOf, firstSecond, highest, viewKnown, type View } from './view.ts'

const STATUSES: ReadonlySet<string> = new Set(['open', 'complete', 'expired'])

export interface CheckoutView extends View<'checkout_session'> {
  completedAt: number | null
  /** First second at which Stripe said paid or nothing to pay; paid stays paid (stripe-facts §6.1). */
  paidAt: number | null
  paidEvidence: string[]
  /** `checkout.session.async_payment_failed` leaves the object unchanged, so its type is the fact. */
  failedAt: number | null
  failedEvidence: string[]
}

const SUCCEEDED = 'checkout.session.async_payment_succeeded'
const FAILED = 'checkout.session.async_payment_failed'

const PAYMENT_RANK: ReadonlyMap<string | null, number> = new Map([
  ['unpaid', 1],
  ['no_payment_required', 2],
  ['paid', 3],
])

export function isPaid(state: CheckoutSessionState, eventType: string): boolean {
  return (
    eventType === SUCCEEDED ||
    state.paymentStatus === 'paid' ||
    state.paymentStatus === 'no_payment_required'
  )
}

export function viewCheckout(
  id: string,
  snapshots: readonly Snapshot<'checkout_session'>[],
): CheckoutView | null {
  // Before 2020-08 a session had no status: its completion event is the fact.
  const dated = snapshots.map(withStatus)
  const known = viewKnown('checkout_session', id, dated, (state) => state.status, STATUSES)
  const ranked = highest(
    known.known,
    (state) => (state.status === 'open' ? 0 : 10) + (PAYMENT_RANK.get(state.paymentStatus) ?? 0),
  )
  const { view } = viewKnown('checkout_session', id, ranked, (state) => state.status, STATUSES)
  if (view === null) return null
  const paid = known.known.filter((s) => s.after !== null && isPaid(s.after, s.eventType))
  const failed = known.known.filter(({ eventType }) => eventType === FAILED)
  const merged = { ...view.state }
  for (const { after } of known.known) {
    if (after === null) continue
    merged.subscription ??= after.subscription
    merged.invoice ??= after.invoice
    merged.paymentIntent ??= after.paymentIntent
    merged.setupIntent ??= after.setupIntent
    merged.customer ??= after.customer
    if ((after.lineItems?.length ?? -1) > (merged.lineItems?.length ?? -1)) {
      merged.lineItems = after.lineItems
    }
  }
  return {
    ...view,
    state: merged,
    unknownStatus: known.unknownStatus,
    isAmbiguous: false,
    completedAt: completionSecond(known.known),
    paidAt: firstSecond(known.known, (s) => s.after !== null && isPaid(s.after, s.eventType)),
    paidEvidence: evidenceOf(paid),
    failedAt: failed.length === 0 ? null : Math.max(...failed.map(({ at }) => at)),
    failedEvidence: evidenceOf(failed),
  }
}

/**
 * A Session lives 24 hours at most (row 5), so it was completed by then: a read weeks later must not
 * make it look new.
 */
function completionSecond(snapshots: readonly Snapshot<'checkout_session'>[]): number | null {
  const seen = firstSecond(snapshots, ({ after }) => after?.status === 'complete')
  const created =
    snapshots.find(({ after }) => (after?.created ?? null) !== null)?.after?.created ?? null
  return seen === null || created === null ? seen : Math.min(seen, created + 24 * 3600)
}

function withStatus(snapshot: Snapshot<'checkout_session'>): Snapshot<'checkout_session'> {
  const { after, eventType } = snapshot
  if (after === null || after.status !== null) return snapshot
  const status = eventType === 'checkout.session.expired' ? 'expired' : 'complete'
  // Sessions older than payment_status could only be completed by paying at once.
  const paymentStatus = after.paymentStatus ?? (after.mode === 'setup' ? null : 'paid')
  return {
    ...snapshot,
    after: { ...after, status: eventType.startsWith('checkout.') ? status : 'open', paymentStatus },
  }
}
