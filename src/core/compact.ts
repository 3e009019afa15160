import { canonical } from './canonical.ts'
import { DAY } from './calendar.ts'
import type { AnySnapshot, FactType, Snapshot } from './fact.ts'
import { CLUSTER_GAP } from './latest.ts'
import { isTerminal } from './views/subscription-view.ts'

/** Stripe may deliver an event up to 30 days late (stripe-facts 0e); a day of leeway. */
export const LATENESS = 31 * DAY

/** Types whose snapshots pile up; the others end in a latch after a few. */
const COMPACTED: ReadonlySet<FactType> = new Set([
  'subscription',
  'customer',
  'entitlement_summary',
  'product',
  'price',
  'test_clock',
])

/** Not worth the work below this many. */
const WORTHWHILE = 12

/**
 * Drops snapshots that can no longer matter: for every set of later arrivals that Stripe may still
 * deliver, the state with them equals the state without. Only whole clusters older than anything
 * that can still come are dropped, and of those the newest stays, since it tells where a loop began.
 */
export function compact(snapshots: readonly AnySnapshot[]): readonly AnySnapshot[] {
  const first = snapshots[0]
  if (first === undefined || snapshots.length < WORTHWHILE || !COMPACTED.has(first.type)) {
    return snapshots
  }
  const sorted = [...snapshots].sort((a, b) => a.at - b.at)
  const newest = sorted.at(-1)?.at ?? 0
  const horizon = newest - LATENESS
  // `start` is where the newest of the old clusters begins.
  let start = 0
  for (let index = 1; index < sorted.length; index++) {
    const at = sorted[index]?.at ?? 0
    const before = sorted[index - 1]?.at ?? 0
    if (before >= horizon - CLUSTER_GAP) break
    if (at - before > CLUSTER_GAP && clusterEnd(sorted, index) < horizon - CLUSTER_GAP)
      start = index
  }
  const old = sorted.slice(0, start)
  const kept = new Set<AnySnapshot>(sorted.slice(start))
  for (const snapshot of essential(old)) kept.add(snapshot)
  return snapshots.filter((snapshot) => kept.has(snapshot))
}

function clusterEnd(sorted: readonly AnySnapshot[], from: number): number {
  let end = sorted[from]?.at ?? 0
  for (let index = from + 1; index < sorted.length; index++) {
    const at = sorted[index]?.at ?? 0
    if (at - end > CLUSTER_GAP) break
    end = at
  }
  return end
}

/** What old snapshots tell beyond the latest state: see `SubscriptionView`. */
function essential(old: readonly AnySnapshot[]): AnySnapshot[] {
  const kept: AnySnapshot[] = []
  const seen = new Set<string>()
  const once = (snapshot: AnySnapshot, what: string) => {
    if (seen.has(what)) return
    seen.add(what)
    kept.push(snapshot)
  }
  const first = old[0]
  if (first !== undefined) kept.push(first)
  // The latest complete summary says what a later one, cut at ten, leaves out.
  const complete = old.findLast(
    (snapshot) => snapshot.type === 'entitlement_summary' && snapshot.after?.hasMore === false,
  )
  if (complete !== undefined) kept.push(complete)
  let wasPaused: boolean | null = null
  for (const snapshot of old) {
    if (snapshot.type === 'customer' && snapshot.after?.deleted === true) kept.push(snapshot)
    if (snapshot.type !== 'subscription' || snapshot.after === null) continue
    const { after, eventType } = snapshot as Snapshot<'subscription'> & { after: object }
    if (after === null) continue
    if (isTerminal(after, eventType)) kept.push(snapshot)
    const isPaused = after.pauseCollection !== null
    if (isPaused !== wasPaused) kept.push(snapshot)
    wasPaused = isPaused
    for (const { price, lookupKey } of after.items) {
      if (lookupKey !== null) once(snapshot, `key ${price} ${lookupKey}`)
    }
    if (after.latestInvoice === null) {
      once(
        snapshot,
        `nothing due ${canonical(after.items.map(({ id, periodEnd }) => [id, periodEnd]))}`,
      )
    }
  }
  return kept
}
