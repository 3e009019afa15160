import { HOUR, formatSecond } from './calendar.ts'
import { clean } from './canonical.ts'
import type { Catalog } from './compile-catalog.ts'
import { coverItem, type Coverage, type ItemContext } from './coverage.ts'
import type { Alert, Need } from './decision.ts'
import type { SubscriptionItemState } from './fact.ts'
import type { Facts } from './facts.ts'
import { sessionCoverage } from './first-session.ts'
import type { Joins } from './joins.ts'
import { matchProduct } from './match.ts'
import { afterAnchor, withoutAnchor } from './renewal.ts'
import { alert, always, because, Timeline, type Segment, type Source } from './source.ts'
import { targetOf } from './target.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** Stripe may name the end of a trial up to an hour late (design, "trialing"). */
const TRIAL_LEEWAY = HOUR

export interface JudgeContext {
  facts: Facts
  joins: Joins
  catalog: Catalog
  now: number
}

/** One source per subscription item: ending one item never hurts another. */
export function judgeSubscription(
  context: JudgeContext,
  subscription: SubscriptionView,
  owner: string,
): Source[] {
  const alerts = subscriptionAlerts(subscription)
  return subscription.state.items.flatMap((item, position) =>
    judgeItem(context, subscription, item, owner, position === 0 ? alerts : []),
  )
}

function judgeItem(
  context: JudgeContext,
  subscription: SubscriptionView,
  item: SubscriptionItemState,
  owner: string,
  alerts: Alert[],
): Source[] {
  const { catalog, facts, joins, now } = context
  const earlierKeys = subscription.lookupKeys.get(item.price ?? '') ?? []
  const listed = matchProduct(catalog, item, earlierKeys)
  const policy = listed?.policy ?? catalog.policy
  const itemContext: ItemContext = { facts, joins, subscription, item, policy }
  const coverage = coverItem(itemContext)
  sessionCoverage(itemContext, coverage)
  coverFromSiblings(itemContext, coverage)
  const target = targetOf(itemContext, coverage, now)
  const product = target.bought === item ? listed : (matchProduct(catalog, target.bought) ?? listed)
  if (product === null) {
    const hole = unmatchedAlert(subscription, item)
    return hole === null && alerts.length === 0
      ? []
      : [emptySource(subscription, item, owner, [...alerts, ...(hole === null ? [] : [hole])])]
  }
  const needs = [...coverage.needs, ...target.needs]
  const segments = endAtCancellation(
    subscription,
    itemSegments({ ...itemContext, policy: product.policy }, coverage, needs, alerts, now),
  )
  if (subscription.isAmbiguous) {
    needs.push({
      type: 'subscription',
      object: subscription.id,
      reason: 'two states of the same second: only a read can tell the latest',
    })
  }
  const isOver = subscription.endedAt !== null
  return [
    {
      id: `${subscription.id}/${item.id}`,
      kind: 'subscription',
      owner,
      segments,
      gives: { kind: 'product', product, quantity: target.bought.quantity },
      needs: isOver ? [] : needs,
      alerts,
    },
  ]
}

/**
 * An item added between bills is paid with the next one, and usage is billed on top of a plan: both
 * stand while the licensed siblings are paid.
 */
function coverFromSiblings(context: ItemContext, coverage: Coverage): void {
  const { item, subscription } = context
  const siblings = subscription.state.items.filter(
    (sibling) => sibling !== item && !sibling.isMetered,
  )
  const hasOwnBill =
    coverage.paid.length > 0 || coverage.unpaid.length > 0 || coverage.reversed.length > 0
  if (siblings.length === 0) return
  // Without a bill of its own, only what Stripe leaves for the next bill is covered: not an item
  // whose bill may simply not have been seen (rows 54, 55).
  const isWithNextBill = !hasOwnBill && coverage.until === null && hasSettledBill(context)
  if (!item.isMetered && !isWithNextBill) return
  coverage.until = null
  for (const sibling of siblings) {
    const { until } = coverItem({ ...context, item: sibling })
    if (until !== null) coverage.until = Math.max(until, coverage.until ?? until)
  }
}

function hasSettledBill({ facts, subscription }: ItemContext): boolean {
  const { latestInvoice, status } = subscription.state
  if (status === 'past_due' || status === 'unpaid' || latestInvoice === null) return false
  const invoice = facts.invoices.get(latestInvoice)
  return (
    invoice?.state.status === 'paid' ||
    (invoice?.state.status === 'draft' && invoice.state.billingReason !== 'subscription_update')
  )
}

function itemSegments(
  context: ItemContext,
  coverage: Coverage,
  needs: Need[],
  alerts: Alert[],
  now: number,
): Segment[] {
  const { facts, policy, subscription } = context
  const { state, evidence, id } = subscription
  if (subscription.endedAt !== null) {
    const when = formatSecond(subscription.endedAt)
    const isExpired = state.status === 'incomplete_expired'
    return isExpired
      ? always(
          'ended',
          because(
            'incomplete_expired',
            `The first payment was never made; the subscription expired ${when}.`,
            evidence,
            [id],
          ),
        )
      : always(
          'ended',
          because(
            'subscription_ended',
            `The subscription ended ${when}; a late payment does not revive it.`,
            evidence,
            [id],
          ),
        )
  }
  const customer = facts.customers.get(state.customer ?? '')
  if (customer?.state.deleted === true) {
    return always(
      'ended',
      because(
        'customer_deleted',
        'The Stripe customer was deleted, which ends its subscriptions.',
        customer.evidence,
        [customer.id],
      ),
    )
  }
  if (state.status === 'paused') {
    return always(
      'suspended',
      because('subscription_paused', 'The subscription is paused.', evidence, [id]),
    )
  }
  // Unpaid ends only when the latest bill is paid, whatever older ones cover (row 46).
  const latestStatus = facts.invoices.get(state.latestInvoice ?? '')?.state.status
  if (state.status === 'unpaid' && latestStatus !== 'paid') {
    return always(
      'suspended',
      because('unpaid', 'Retries are exhausted and the latest invoice is unpaid.', evidence, [id]),
    )
  }
  const timeline = new Timeline()
  coverPaid(timeline, coverage, context)
  const isHonoured = policy.trial === 'grant' && state.trialEnd !== null
  if (state.status === 'trialing' && isHonoured && state.trialEnd !== null) {
    timeline.until(
      state.trialEnd + TRIAL_LEEWAY,
      'trial',
      because('trial', `In trial until ${formatSecond(state.trialEnd)}.`, evidence, [id]),
    )
    if ((coverage.until ?? -Infinity) <= state.trialEnd) {
      if (now >= state.trialEnd + TRIAL_LEEWAY) {
        needs.push({
          type: 'subscription',
          object: id,
          reason: 'the trial is over and nothing newer was heard',
        })
      }
      return timeline.after(
        'pending',
        because(
          'trial_over',
          'The trial is over; no payment or new status is known yet.',
          evidence,
          [id],
        ),
      )
    }
  }
  const anchor = isHonoured ? Math.max(coverage.until ?? 0, state.trialEnd ?? 0) : coverage.until
  if (coverage.reversed.some(({ to }) => to >= (anchor ?? -Infinity))) {
    return timeline.after(
      'suspended',
      because(
        'payment_reversed',
        'The last payment was taken back and none has replaced it.',
        coverage.reversed.flatMap((line) => line.evidence),
        [id],
      ),
    )
  }
  const renewal = { context, coverage, timeline, needs, alerts, now }
  return anchor === null ? withoutAnchor(renewal) : afterAnchor(renewal, anchor)
}

/** What money covers, and what reversed money no longer does. */
function coverPaid(timeline: Timeline, coverage: Coverage, { subscription }: ItemContext): void {
  const { until } = coverage
  if (until !== null) {
    const line = coverage.paid.find(({ to }) => to === until)
    timeline.until(
      until,
      'active',
      line === undefined
        ? because(
            'nothing_due',
            `Nothing is due before ${formatSecond(until)}.`,
            subscription.evidence,
            [subscription.id],
          )
        : because('paid', `Paid through ${formatSecond(until)}.`, line.evidence, [
            line.invoice,
            subscription.id,
          ]),
    )
  }
  for (const line of [...coverage.reversed].sort((a, b) => a.to - b.to)) {
    const objects = [line.invoice, subscription.id]
    switch (line.standing) {
      case 'disputed':
        timeline.until(
          line.to,
          'suspended',
          because(
            'dispute_open',
            'The payment for this period is disputed.',
            line.evidence,
            objects,
          ),
        )
        break
      case 'lost':
        timeline.until(
          line.to,
          'ended',
          because(
            'dispute_lost',
            'The dispute of the payment for this period was lost.',
            line.evidence,
            objects,
          ),
        )
        break
      default:
        timeline.until(
          line.to,
          'ended',
          because(
            'payment_refunded',
            'The payment for this period was refunded.',
            line.evidence,
            objects,
          ),
        )
    }
  }
}

/** Both forms of a scheduled cancellation (row 61) end access when they say, and show until then. */
function endAtCancellation(subscription: SubscriptionView, segments: Segment[]): Segment[] {
  const { state, evidence, id } = subscription
  if (subscription.endedAt !== null) return segments
  const periodEnds = state.items.flatMap(({ periodEnd }) => periodEnd ?? [])
  const end =
    state.cancelAt ??
    (state.cancelAtPeriodEnd && periodEnds.length > 0 ? Math.max(...periodEnds) : null)
  if (end === null) return segments
  const when = formatSecond(end)
  const ending = because(
    'cancel_scheduled',
    `Set to cancel; keeps access until ${when}.`,
    evidence,
    [id],
  )
  const kept = segments
    .filter(({ from }) => from < end)
    .map((segment) => ({
      ...segment,
      to: Math.min(segment.to ?? end, end),
      ...(segment.state === 'active' || segment.state === 'trial'
        ? { state: 'ending' as const, reason: ending }
        : {}),
    }))
  const ended = because('cancel_reached', `Canceled as scheduled at ${when}.`, evidence, [id])
  return [...kept, { from: end, to: null, state: 'ended', reason: ended }]
}

function unmatchedAlert(subscription: SubscriptionView, item: SubscriptionItemState): Alert | null {
  if (subscription.endedAt !== null || subscription.state.status === 'incomplete') return null
  const price = clean(item.price ?? 'unknown')
  return alert(
    'unmatched_price',
    `No product of the catalog matches price ${price} of subscription ${subscription.id}: it grants nothing. Add it to a product's "match".`,
    [subscription.id, ...(item.price === null ? [] : [price])],
  )
}

function subscriptionAlerts(subscription: SubscriptionView): Alert[] {
  const alerts: Alert[] = []
  if (subscription.unknownStatus !== null) {
    alerts.push(
      alert(
        'unknown_status',
        `Subscription ${subscription.id} has status ${clean(subscription.unknownStatus)}, which no rule knows; the last known status stands.`,
        [subscription.id],
      ),
    )
  }
  if (subscription.state.hasMoreItems) {
    alerts.push(
      alert(
        'more_items',
        `Subscription ${subscription.id} has more items than the event carried.`,
        [subscription.id],
      ),
    )
  }
  return alerts
}

/** Carries alerts for an item that gives nothing. */
function emptySource(
  subscription: SubscriptionView,
  item: SubscriptionItemState,
  owner: string,
  alerts: Alert[],
): Source {
  return {
    id: `${subscription.id}/${item.id}`,
    kind: 'subscription',
    owner,
    segments: always(
      'none',
      because(
        'unmatched_price',
        'No product of the catalog matches this price.',
        subscription.evidence,
        [subscription.id],
      ),
    ),
    gives: { kind: 'features', values: new Map() },
    needs: [],
    alerts,
  }
}
