import { DAY, HOUR, type Json } from '../stripe/index.ts'
import { isHalted, isOver, type View } from './halted.ts'
import { isMoney, isSessionPaid, isUnderWay, type Policies } from './money.ts'
import type { WitnessSource } from './story.ts'
import { isDisputed, isJoined, isRefunded, mentions, ofKind, type Sight } from './taken-back.ts'

export const NEVER = -Infinity

/** Latest second up to which anything seen could carry a subscription; `at` is the second asked for. */
export function carriedUntil(
  source: WitnessSource,
  sights: readonly Sight[],
  policy: Policies,
  at: number,
): number {
  const view = {
    sights,
    policy,
    snapshots: sights.filter(({ object }) => object['id'] === source.root),
    invoices: ofKind(sights, 'invoice').filter(({ object }) => mentions(object, source.root)),
    isArrears: source.isArrears === true,
  }
  if (isOver(source, view) || isHalted(view, at)) return NEVER
  const alone = view.snapshots.map(({ object }) => aloneUntil(object, view))
  return Math.max(NEVER, byInvoices(view), bySession(source, view), ...alone)
}

function byInvoices(view: View): number {
  const bounds = view.invoices.flatMap(({ object }) => {
    const id = String(object['id'])
    const ends = lineEnds(object, view)
    // A bill for usage, paid or not, shows that nothing was due before it.
    if (view.isArrears && ends.length > 0) {
      const isPaid = isCarriedByMoney(id, object, view)
      return [extended(Math.max(...ends) + (isPaid ? 31 * DAY : 0), view)]
    }
    if (ends.length === 0 || !isCarriedByMoney(id, object, view)) return []
    return [extended(Math.max(...ends), view)]
  })
  return Math.max(NEVER, ...bounds)
}

function isCarriedByMoney(id: string, invoice: Json, { sights, policy }: View): boolean {
  const isPaid = sights.some(
    ({ object }) =>
      (isMoney(object) || (policy.grantWhileProcessing === true && isUnderWay(object))) &&
      isJoined(sights, object, id),
  )
  if (!isPaid) return JSON.stringify(invoice).includes('"reason":"subscription_paused"')
  if (policy.dispute !== 'keep' && isDisputed(sights, id)) return false
  const isBack =
    policy.subscriptionRefund === 'revoke' && isRefunded(sights, id, Number(invoice['total']))
  return !isBack
}

/** A completed Checkout: for three days while the subscription is unseen, then for its first period. */
function bySession(source: WitnessSource, view: View): number {
  const { sights, snapshots, invoices, policy } = view
  const ends = [
    ...snapshots.flatMap(({ object }) => periodEnds(object)),
    ...invoices.flatMap(({ object }) => lineEnds(object, view)),
  ]
  const bounds = ofKind(sights, 'checkout.session').flatMap(({ type, at, object }) => {
    if (!mentions(object, source.root) || !isSessionPaid(object, sights, policy)) return []
    // Nothing was due because a trial began: the trial speaks for itself once it is seen.
    const isTrial = snapshots.some((sight) => sight.object['trial_end'] !== null)
    if (isTrial && object['payment_status'] === 'no_payment_required') return []
    const invoice = object['invoice']
    if (typeof invoice === 'string' && isDisputed(sights, invoice)) return []
    const heard = type === 'read' ? Number(object['created']) + DAY : at
    const first = ends.length === 0 ? NEVER : extended(Math.min(...ends), view)
    return [Math.max(heard + 72 * HOUR, snapshots.length === 0 ? NEVER : first)]
  })
  return Math.max(NEVER, ...bounds)
}

/** What a subscription's own snapshot may carry without any payment: trial, usage, terms, a pause. */
function aloneUntil(object: Json, view: View): number {
  const { policy, invoices, snapshots } = view
  const bounds = [NEVER]
  const trialEnd = object['trial_end']
  if (typeof trialEnd === 'number' && policy.trial !== 'deny') {
    const isAfter =
      snapshots.some((sight) => sight.object['status'] !== 'trialing') ||
      invoices.some((sight) => sight.object['billing_reason'] === 'subscription_cycle')
    bounds.push(isAfter ? extended(trialEnd, view) : trialEnd + HOUR)
  }
  if (
    object['latest_invoice'] === null &&
    !JSON.stringify(object['items']).includes('"licensed"')
  ) {
    const isBilled =
      invoices.length > 0 || snapshots.some((sight) => sight.object['latest_invoice'] !== null)
    bounds.push(isBilled ? extended(Math.max(...periodEnds(object)), view) : Infinity)
  }
  if (object['pause_collection'] !== null && policy.pauseCollection !== 'suspend')
    bounds.push(Infinity)
  if (object['collection_method'] === 'send_invoice' && policy.sendInvoice !== 'paidOnly') {
    // Where the invoice is lost, the terms tell when it is due.
    bounds.push(Number(object['created']) + (Number(object['days_until_due']) + 7) * DAY + HOUR)
    for (const { object: invoice } of invoices)
      bounds.push(Number(invoice['due_date'] ?? 0) + 7 * DAY)
  }
  return Math.max(...bounds)
}

/**
 * How long past an anchor a renewal may be waited for: the window; grace of the first invoice after
 * it that failed; a debit under way; a pause; an invoice that Stripe cannot finalise.
 */
function extended(anchor: number, { sights, snapshots, invoices, policy }: View): number {
  const isPaused = snapshots.some(({ object }) => object['pause_collection'] !== null)
  if (isPaused && policy.pauseCollection !== 'suspend') return Infinity
  if (invoices.some(({ object }) => object['last_finalization_error'] !== null)) return Infinity
  const isFailing = snapshots.some(({ object }) => object['status'] === 'past_due')
  const finalizedAt = (invoice: Json) =>
    (invoice['status_transitions'] as { finalized_at: number | null }).finalized_at
  // A later invoice's failure says nothing of when this one was finalised.
  const isFailureSeen = invoices.some(
    ({ type, object }) =>
      type === 'invoice.payment_failed' && (finalizedAt(object) ?? 0) <= anchor + 144 * HOUR,
  )
  // The failed invoice may be lost: grace is then counted from when it can have been finalised at the latest.
  const bounds = [anchor + 72 * HOUR + (isFailing && !isFailureSeen ? 7 * DAY : 0)]
  for (const { object } of invoices) {
    const id = String(object['id'])
    if (invoices.some((other) => other.object['id'] === id && isMoney(other.object))) continue
    const finalized = finalizedAt(object)
    const isNext = finalized !== null && finalized <= anchor + 144 * HOUR
    if (isNext) bounds.push(finalized + 7 * DAY)
    const isSettling =
      object['status'] === 'open' &&
      (object['attempted'] === true ||
        sights.some((sight) => isUnderWay(sight.object) && isJoined(sights, sight.object, id)))
    if (isNext && isSettling && !isFailed(id, sights)) bounds.push(finalized + 22 * DAY)
  }
  return Math.max(...bounds)
}

function isFailed(invoice: string, sights: readonly Sight[]): boolean {
  return sights.some(
    ({ type, object }) =>
      mentions(object, invoice) &&
      (type === 'invoice.payment_failed' ||
        ['void', 'uncollectible'].includes(String(object['status']))),
  )
}

/** Ends of the periods an invoice bills; the free line of a trial is no money. */
function lineEnds(invoice: Json, { snapshots }: View): number[] {
  const trials = new Set(snapshots.map(({ object }) => object['trial_end']))
  const lines = (invoice['lines'] as { data: Json[] }).data
  return lines
    .map((line) => ({
      amount: Number(line['amount']),
      end: (line['period'] as { end: number }).end,
    }))
    .filter(({ amount, end }) => amount > 0 || !trials.has(end))
    .map(({ end }) => end)
}

function periodEnds(subscription: Json): number[] {
  const items = (subscription['items'] as { data: Json[] }).data
  return [
    subscription['current_period_end'],
    ...items.map((item) => item['current_period_end']),
  ].filter((end) => typeof end === 'number')
}
