import { type Body, bodyAt, bodyObject, DAY, HOUR, isEvent, type Json } from './stripe/index.ts'
import type { Story, WitnessSource } from './stories/story.ts'
import { isDisputed, isRefunded, mentions, type Sight } from './stories/taken-back.ts'

/**
 * An upper bound that knows nothing of how decisions are made: whether anything in a subset of a
 * story's bodies could justify serving the customer at second `at`. Access where this says no is
 * access without money.
 */
export function mayBeAllowed(
  story: Story,
  subset: readonly Body[],
  question: { customer: string; feature: string; at: number },
): boolean {
  const sights = subset.map((body) => ({
    type: isEvent(body) ? body.type : 'read',
    at: bodyAt(body),
    object: bodyObject(body),
  }))
  return story.witness.sources.some(
    (source) =>
      source.customers.includes(question.customer) &&
      source.features.includes(question.feature) &&
      question.at <= servedUntil(source, sights, story.catalog.policy ?? {}),
  )
}

type Policies = NonNullable<Story['catalog']['policy']>

const NEVER = -Infinity

/** Latest second up to which anything seen could carry the source. */
function servedUntil(source: WitnessSource, sights: readonly Sight[], policy: Policies): number {
  if (source.kind === 'entitlement') return entitledUntil(source, sights)
  if (source.kind === 'purchase') return purchaseUntil(source, sights, policy)
  return isEnded(source, sights) ? NEVER : subscriptionUntil(source, sights, policy)
}

function entitledUntil(source: WitnessSource, sights: readonly Sight[]): number {
  const isListed = sights.some(
    ({ object }) =>
      object['object'] === 'entitlements.active_entitlement_summary' &&
      object['customer'] === source.root &&
      mentions(object, source.lookupKey),
  )
  return isListed ? Infinity : NEVER
}

function purchaseUntil(source: WitnessSource, sights: readonly Sight[], policy: Policies): number {
  const joined = source.joined ?? []
  const isPaid = sights.some(
    ({ object }) =>
      (object['id'] === source.root && isSessionPaid(object, policy)) ||
      (joined.some((id) => mentions(object, id)) && isMoney(object)),
  )
  if (!isPaid) return NEVER
  const isBack = joined.some(
    (id) =>
      (policy.oneTimeRefund !== 'keep' && isRefunded(sights, id, source.amount ?? Infinity)) ||
      (policy.dispute !== 'keep' && isDisputed(sights, id)),
  )
  return isBack ? NEVER : (source.until ?? Infinity)
}

function isEnded(source: WitnessSource, sights: readonly Sight[]): boolean {
  return sights.some(({ type, object }) => {
    if (object['id'] === source.root) {
      const status = object['status']
      return status === 'canceled' || status === 'incomplete_expired' || object['ended_at'] !== null
    }
    return (
      type === 'customer.deleted' &&
      sights.some(
        (sight) => mentions(sight.object, source.root) && sight.object['customer'] === object['id'],
      )
    )
  })
}

function subscriptionUntil(
  source: WitnessSource,
  sights: readonly Sight[],
  policy: Policies,
): number {
  const snapshots = sights.filter((sight) => sight.object['id'] === source.root)
  const invoices = sights.filter(
    ({ object }) => object['object'] === 'invoice' && mentions(object, source.root),
  )
  const slack = slackOf(snapshots, invoices, source)
  const bounds = [NEVER]
  for (const { object } of invoices) {
    if (!isMoney(object) || isDisputed(sights, String(object['id']))) continue
    bounds.push(Math.max(...lineEnds(object, policy, snapshots)) + slack)
  }
  for (const { object } of snapshots)
    bounds.push(subscriptionAlone(object, invoices, slack, policy))
  const horizon = Math.max(
    ...snapshots.flatMap(({ object }) => periodEnds(object)),
    ...invoices.flatMap(({ object }) => lineEnds(object, policy, snapshots)),
  )
  for (const { at, object } of sights) {
    const isSession = mentions(object, source.root) && isSessionPaid(object, policy)
    const isPayment = (source.joined ?? []).some((id) => mentions(object, id)) && isMoney(object)
    if (!isSession && !isPayment) continue
    const paid = isSession ? object['invoice'] : object['id']
    if (typeof paid === 'string' && isDisputed(sights, paid)) continue
    bounds.push(snapshots.length === 0 ? at + 72 * HOUR + slack : horizon + slack)
  }
  return Math.max(...bounds)
}

/** How long past what is covered a subscription may be carried: the window, a debit, grace, a pause. */
function slackOf(
  snapshots: readonly Sight[],
  invoices: readonly Sight[],
  source: WitnessSource,
): number {
  const arrears = source.isArrears === true ? 31 * DAY : 0
  const isPaused = snapshots.some(({ object }) => object['pause_collection'] !== null)
  const isStuck = invoices.some(({ object }) => object['last_finalization_error'] !== null)
  if (isPaused || isStuck) return 400 * DAY
  const isOwed =
    invoices.some(({ object }) => !isMoney(object)) ||
    snapshots.some(({ object }) => object['status'] === 'past_due')
  return 72 * HOUR + arrears + (isOwed ? 21 * DAY : 0)
}

/** What a subscription's own snapshot may carry without any payment: trial, usage, terms, a pause. */
function subscriptionAlone(
  object: Json,
  invoices: readonly Sight[],
  slack: number,
  policy: Policies,
): number {
  const bounds = [NEVER]
  const trialEnd = object['trial_end']
  const isTrial = object['status'] === 'trialing'
  if (typeof trialEnd === 'number' && policy.trial !== 'deny') {
    bounds.push(trialEnd + (isTrial && invoices.length === 0 ? HOUR : slack))
  }
  const usesOnly = !JSON.stringify(object['items']).includes('"usage_type":"licensed"')
  if (object['latest_invoice'] === null && usesOnly) bounds.push(Infinity)
  if (object['pause_collection'] !== null && policy.pauseCollection !== 'suspend')
    bounds.push(Infinity)
  if (object['collection_method'] === 'send_invoice' && policy.sendInvoice !== 'paidOnly') {
    for (const invoice of invoices) bounds.push(Number(invoice.object['due_date'] ?? 0) + 8 * DAY)
  }
  return Math.max(...bounds)
}

function isSessionPaid(object: Json, policy: Policies): boolean {
  if (object['object'] !== 'checkout.session' || object['mode'] === 'setup') return false
  if (object['status'] !== 'complete') return false
  return policy.grantWhileProcessing === true || object['payment_status'] !== 'unpaid'
}

/** Money that arrived, whatever tells of it. */
function isMoney(object: Json): boolean {
  const isPaid = object['status'] === 'paid' || object['paid'] === true
  if (object['object'] === 'invoice' || object['object'] === 'invoice_payment') return isPaid
  if (object['object'] === 'charge') return object['captured'] === true
  return object['object'] === 'payment_intent' && object['status'] === 'succeeded'
}

/** Ends of the periods an invoice bills; a trial's free line is no money where trials are not served. */
function lineEnds(invoice: Json, policy: Policies, snapshots: readonly Sight[]): number[] {
  const trials = new Set(snapshots.map(({ object }) => object['trial_end']))
  const lines = (invoice['lines'] as { data: Json[] }).data
  return lines
    .map((line) => ({
      amount: Number(line['amount']),
      end: (line['period'] as { end: number }).end,
    }))
    .filter(({ amount, end }) => amount > 0 || policy.trial !== 'deny' || !trials.has(end))
    .map(({ end }) => end)
}

function periodEnds(subscription: Json): number[] {
  const items = (subscription['items'] as { data: Json[] }).data
  return [
    subscription['current_period_end'],
    ...items.map((item) => item['current_period_end']),
  ].filter((end) => typeof end === 'number')
}
