import { formatSecond } from './calendar.ts'
import { because, type Segment } from './source.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** Both forms of a scheduled cancellation (row 61) end access when they say, and show until then. */
export function endAtCancellation(subscription: SubscriptionView, segments: Segment[]): Segment[] {
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
      // What ends earlier for another reason is not kept by the cancellation.
      ...((segment.state === 'active' || segment.state === 'trial') &&
      (segment.to === null || segment.to >= end)
        ? { state: 'ending' as const, reason: ending }
        : {}),
    }))
  const ended = because('cancel_reached', `Canceled as planned on ${when}.`, evidence, [id])
  return [...kept, { from: end, to: null, state: 'ended', reason: ended }]
}
