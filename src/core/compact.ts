import { DAY } from './calendar.ts'
import type { AnySnapshot, FactType } from './fact.ts'
import { CLUSTER_GAP } from './latest.ts'
import { essentialOfSubscription } from './compact-subscription.ts'
import { rankSubscription, SUBSCRIPTION_STATUSES } from './views/subscription-view.ts'

/** Stripe may deliver an event up to 30 days late (stripe-facts 0e); a day of leeway. */
export const LATENESS = 31 * DAY

/** Not worth the work below this many. */
const WORTHWHILE = 12

type Test = (snapshot: AnySnapshot) => boolean

/**
 * The sets of snapshots whose latest one a view asks for, per type whose snapshots pile up; the
 * other types end in a latch after a few. A view of another set needs a row here.
 */
const ASKED: { readonly [T in FactType]?: readonly Test[] } = {
  subscription: [2, 1, 0].map((rank) => (snapshot) => rankOf(snapshot) === rank),
  customer: [
    ({ after }) => after !== null,
    (snapshot) => snapshot.type === 'customer' && snapshot.after?.deleted === true,
    (snapshot) => snapshot.type === 'customer' && snapshot.after?.deleted === false,
  ],
  entitlement_summary: [
    ({ after }) => after !== null,
    (snapshot) => snapshot.type === 'entitlement_summary' && snapshot.after?.hasMore === false,
  ],
  test_clock: [({ after }) => after !== null],
  product: [],
  price: [],
}

function rankOf(snapshot: AnySnapshot): number | null {
  if (snapshot.type !== 'subscription' || snapshot.after === null) return null
  if (!SUBSCRIPTION_STATUSES.has(snapshot.after.status)) return null
  return rankSubscription(snapshot.after, snapshot)
}

/**
 * Drops snapshots that can no longer matter: for every set of later arrivals that Stripe may still
 * deliver, what is believed with them equals what is believed without. The latest state of a set
 * hangs on its last cluster and, for loops, on the one before; so of the clusters older than
 * anything that can still come the last two stay, and with them what views gather over all time.
 */
export function compact(snapshots: readonly AnySnapshot[]): readonly AnySnapshot[] {
  const asked = ASKED[snapshots[0]?.type ?? 'invoice']
  if (asked === undefined || snapshots.length < WORTHWHILE) return snapshots
  const sorted = [...snapshots].sort((a, b) => a.at - b.at)
  // Nothing that still arrives can join a cluster that ended before this second.
  const horizon = (sorted.at(-1)?.at ?? 0) - LATENESS - CLUSTER_GAP
  const kept = new Set(sorted.filter(({ at }) => at >= horizon))
  for (const snapshot of always(sorted)) kept.add(snapshot)
  for (const test of asked) {
    const set = sorted.filter(test)
    for (const snapshot of [set[0], set.findLast(({ origin }) => origin === 'read')]) {
      if (snapshot !== undefined) kept.add(snapshot)
    }
    const old = clusters(afterLatestRead(set)).filter((cluster) => endOf(cluster) < horizon)
    for (const snapshot of old.slice(-2).flat()) kept.add(snapshot)
    // A cluster that reaches across the horizon stays whole.
    for (const cluster of clusters(set)) {
      if (endOf(cluster) >= horizon) for (const snapshot of cluster) kept.add(snapshot)
    }
  }
  return snapshots.filter((snapshot) => kept.has(snapshot))
}

/** First and last sight, latest read, and that Stripe once said it knows no such object. */
function always(sorted: readonly AnySnapshot[]): AnySnapshot[] {
  return [
    sorted[0],
    sorted.find(({ after }) => after !== null),
    sorted.findLast(({ after }) => after !== null),
    sorted.find(({ after, origin }) => after === null && origin === 'read'),
    sorted.findLast(({ origin }) => origin === 'read'),
    ...essentialOfSubscription(sorted),
  ].filter((snapshot) => snapshot !== undefined)
}

/** As `latest` does: what a read came after is shown by it. */
function afterLatestRead(set: readonly AnySnapshot[]): AnySnapshot[] {
  const read = set.findLast(({ origin }) => origin === 'read')
  if (read === undefined) return [...set]
  // Reads of one second stay together: which of them counts is told by their states.
  return set.filter(({ at, origin }) => at >= read.at || (origin === 'read' && at === read.at))
}

function clusters(sorted: readonly AnySnapshot[]): AnySnapshot[][] {
  const found: AnySnapshot[][] = []
  let end = -Infinity
  for (const snapshot of sorted) {
    if (snapshot.at - end > CLUSTER_GAP) found.push([])
    found.at(-1)?.push(snapshot)
    end = snapshot.at
  }
  return found
}

function endOf(cluster: readonly AnySnapshot[]): number {
  return cluster.at(-1)?.at ?? -Infinity
}
