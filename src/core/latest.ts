import { canonicalText, compareText } from './canonical.ts'
import { compareSteps, endOf, type Step } from './cluster-end.ts'
import type { FactType, Snapshot } from './fact.ts'

/** Gap in seconds that separates clusters: beyond it Stripe's `created` is trusted as an order. */
export const CLUSTER_GAP = 60

/** Two Event objects for one automatic change are stamped within this many seconds of each other. */
const DOUBLE_SPREAD = 2

export interface Latest<T extends FactType> {
  snapshot: Snapshot<T>
  /** Every observation that shows the winning state, sorted. */
  evidence: string[]
  /** Another state of the same second could as well be the latest: only a read can tell. */
  isAmbiguous: boolean
}

/**
 * Which snapshot shows the object as it is now: a pure function of the set (design, "Facts").
 * Between clusters `created` decides; inside one, whole-pre-image chains (stripe-facts §6.3).
 */
export function latest<T extends FactType>(snapshots: readonly Snapshot<T>[]): Latest<T> | null {
  const clusters = cluster(afterLatestRead(collapse(toSteps(snapshots))))
  const last = clusters.at(-1)
  if (last === undefined) return null
  const previous = clusters.at(-2)
  const known = previous === undefined ? null : endOf(previous, null)
  const { step, isAmbiguous } = endOf(last, known)
  const evidence = last.filter((other) => other.state === step.state)
  return {
    snapshot: step.snapshot,
    evidence: [...new Set(evidence.map((other) => other.snapshot.observation))].sort(compareText),
    isAmbiguous,
  }
}

function toSteps<T extends FactType>(snapshots: readonly Snapshot<T>[]): Step<T>[] {
  const steps: Step<T>[] = []
  for (const snapshot of snapshots) {
    if (snapshot.after === null) continue
    steps.push({
      snapshot,
      at: snapshot.at,
      state: canonicalText(snapshot.after),
      origin: snapshot.before === null ? null : canonicalText(snapshot.before),
      isDoubled: false,
    })
  }
  return steps.sort(compareSteps)
}

/** What is told without a pre-image by a name of its own (paused, resumed) tells of that change. */
function namedChange({ eventType, origin }: Snapshot<FactType>): string | null {
  return origin === 'read' || eventType.endsWith('.updated') ? null : eventType
}

/**
 * One change may come as two Event objects (stripe-facts §3), and one event in two shapes. Same
 * request, same states, within a minute: one change. Without a request only near twins collapse,
 * since automation may truly repeat a transition; the one that stays is marked.
 */
function collapse<T extends FactType>(steps: Step<T>[]): Step<T>[] {
  const kept: Step<T>[] = []
  const byChange = new Map<string, Step<T>>()
  const byObservation = new Set<string>()
  for (const step of steps) {
    if (byObservation.has(step.snapshot.observation)) continue
    byObservation.add(step.snapshot.observation)
    const from = step.origin ?? namedChange(step.snapshot)
    if (from !== null) {
      const change = `${step.snapshot.request ?? ''}\n${from}\n${step.state}`
      const twin = byChange.get(change)
      const spread = step.snapshot.request === null ? DOUBLE_SPREAD : CLUSTER_GAP
      if (twin && step.at - twin.at <= spread) {
        twin.isDoubled ||= step.snapshot.request === null
        continue
      }
      byChange.set(change, step)
    }
    kept.push(step)
  }
  return kept
}

/**
 * A read shows everything created before its request began; only what follows can be newer. Two reads
 * of one second stay both: where their answers differ, nothing tells which came last.
 */
function afterLatestRead<T extends FactType>(steps: Step<T>[]): Step<T>[] {
  const read = steps.findLast((step) => step.snapshot.origin === 'read')
  if (read === undefined) return steps
  return steps.filter((step) => step.at >= read.at)
}

function cluster<T extends FactType>(steps: Step<T>[]): Step<T>[][] {
  const clusters: Step<T>[][] = []
  let current: Step<T>[] | undefined
  for (const step of steps) {
    const before = current?.at(-1)
    if (current === undefined || before === undefined || step.at - before.at > CLUSTER_GAP) {
      current = []
      clusters.push(current)
    }
    current.push(step)
  }
  return clusters
}
