import { compareText } from '../canonical.ts'
import type { FactStates, FactType, Snapshot } from '../fact.ts'
import { latest } from '../latest.ts'

/** What we believe of one object: its state, and how sure we are. */
export interface View<T extends FactType> {
  type: T
  id: string
  state: FactStates[T]
  /** Observations that show the state, sorted; at most a handful. */
  evidence: string[]
  /** First and last second at which it was observed. */
  firstAt: number
  lastAt: number
  /** Second of the latest API read of it, found or not; null: never read. */
  readAt: number | null
  isAmbiguous: boolean
  /** A status no rule knows was seen and left aside; the last known one stands. */
  unknownStatus: string | null
}

const EVIDENCE_LIMIT = 4

export function evidenceOf(snapshots: readonly Snapshot[]): string[] {
  return [...new Set(snapshots.map((snapshot) => snapshot.observation))]
    .sort(compareText)
    .slice(0, EVIDENCE_LIMIT)
}

/** The plain view: the latest snapshot is the state. */
export function viewLatest<T extends FactType>(
  type: T,
  id: string,
  snapshots: readonly Snapshot<T>[],
): View<T> | null {
  const found = latest(snapshots)
  if (found === null || found.snapshot.after === null) return null
  let firstAt = Infinity
  let lastAt = -Infinity
  for (const { at } of snapshots) {
    firstAt = Math.min(firstAt, at)
    lastAt = Math.max(lastAt, at)
  }
  const readAt = latestRead(snapshots)
  return {
    type,
    id,
    state: found.snapshot.after,
    evidence: found.evidence.slice(0, EVIDENCE_LIMIT),
    firstAt,
    lastAt,
    readAt,
    isAmbiguous: found.isAmbiguous,
    unknownStatus: null,
  }
}

export function latestRead(snapshots: readonly Snapshot[]): number | null {
  let readAt: number | null = null
  for (const { at, origin } of snapshots) {
    if (origin === 'read') readAt = Math.max(at, readAt ?? at)
  }
  return readAt
}

/**
 * The view of an object with a status: snapshots whose status no rule knows are left aside, so that
 * the last verdict stands (law 5), and named. Null: nothing believable yet.
 */
export function viewKnown<T extends FactType>(
  type: T,
  id: string,
  snapshots: readonly Snapshot<T>[],
  statusOf: (state: FactStates[T]) => string | null,
  known: ReadonlySet<string>,
): { view: View<T> | null; known: Snapshot<T>[]; unknownStatus: string | null } {
  const kept: Snapshot<T>[] = []
  let unknownStatus: string | null = null
  for (const snapshot of snapshots) {
    const status = snapshot.after === null ? null : statusOf(snapshot.after)
    if (status === null || known.has(status)) kept.push(snapshot)
    else if (unknownStatus === null || compareText(status, unknownStatus) < 0)
      unknownStatus = status
  }
  const view = viewLatest(type, id, kept)
  if (view !== null) view.unknownStatus = unknownStatus
  return { view, known: kept, unknownStatus }
}

/** Among snapshots that carry a state, those of the highest rank: a latch (stripe-facts §6.2). */
export function highest<T extends FactType>(
  snapshots: readonly Snapshot<T>[],
  rank: (state: FactStates[T], snapshot: Snapshot<T>) => number,
): Snapshot<T>[] {
  let best = -Infinity
  let kept: Snapshot<T>[] = []
  for (const snapshot of snapshots) {
    if (snapshot.after === null) continue
    const value = rank(snapshot.after, snapshot)
    if (value > best) {
      best = value
      kept = []
    }
    if (value === best) kept.push(snapshot)
  }
  return kept
}

/** Earliest second at which a snapshot satisfied the test, or null. */
export function firstSecond<T extends FactType>(
  snapshots: readonly Snapshot<T>[],
  test: (snapshot: Snapshot<T>) => boolean,
): number | null {
  let first: number | null = null
  for (const snapshot of snapshots) {
    if (snapshot.after !== null && test(snapshot) && (first === null || snapshot.at < first)) {
      first = snapshot.at
    }
  }
  return first
}

export function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort(compareText)
}
