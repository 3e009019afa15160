import { formatSecond, HOUR } from './calendar.ts'
import type { Coverage, ItemContext, ItemLine } from './item-line.ts'
import { afterAnchor, withoutAnchor } from './renewal.ts'
import type { Renewal } from './renewal-bill.ts'
import { always, because, Timeline, type Segment } from './source.ts'

/** Stripe may name the end of a trial up to an hour late (design, "trialing"). */
const TRIAL_LEEWAY = HOUR

/** What holds for one item, span by span: money first, then what Stripe's status leaves open. */
export function itemTimeline({
  context,
  coverage,
  needs,
  alerts,
  lookAgain,
  now,
}: Omit<Renewal, 'timeline'>): Segment[] {
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
      because(
        'unpaid',
        'Stripe has stopped trying to collect, and the latest invoice is unpaid.',
        evidence,
        [id],
      ),
    )
  }
  const timeline = new Timeline()
  coverPaid(timeline, coverage, context)
  const isHonoured =
    policy.trial === 'grant' && state.trialEnd !== null && wasInTrial(context, state.trialEnd)
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
  // Usage is billed for the time before: what was paid for it is what may be used on after it.
  const isTaken = ({ to }: ItemLine) =>
    to > (anchor ?? -Infinity) || (context.item.isMetered && to === anchor)
  if (coverage.reversed.some(isTaken)) {
    return timeline.takenAfter(
      'suspended',
      because(
        'payment_reversed',
        'The last payment was taken back and none has replaced it.',
        coverage.reversed.flatMap((line) => line.evidence),
        [id],
      ),
    )
  }
  const renewal = { context, coverage, timeline, needs, alerts, lookAgain, now }
  return anchor === null ? withoutAnchor(renewal) : afterAnchor(renewal, anchor)
}

/** An item put in the place of another has had its trial; one added to others since has had none. */
function wasInTrial({ item, subscription }: ItemContext, trialEnd: number): boolean {
  const wasThere = ({ created }: ItemContext['item']) => created === null || created <= trialEnd
  return wasThere(item) || !subscription.state.items.some(wasThere)
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
        : line.standing === 'forgiven'
          ? because(
              'collection_paused',
              `Payment collection was paused; nothing is asked for the time until ${formatSecond(until)}.`,
              line.evidence,
              [line.invoice, subscription.id],
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
        timeline.taken(
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
        timeline.taken(
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
        timeline.taken(
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
