import { canonicalText, compareText } from './canonical.ts'
import type { FactType, Snapshot } from './fact.ts'

/** Gap in seconds that separates clusters: beyond it Stripe's `created` is trusted as an order. */
export const CLUSTER_GAP = 60

/** Two Event objects for one automatic change are stamped within this many seconds of each other. */
const DOUBLE_SPREAD = 2

/** A snapshot with the canonical texts of its state and of the state it left. */
interface Step<T extends FactType> {
  snapshot: Snapshot<T>
  at: number
  state: string
  origin: string | null
}

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
  const hint = previous === undefined ? null : endOf(previous, null).step.state
  const { step, isAmbiguous } = endOf(last, hint)
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
    })
  }
  return steps.sort(compareSteps)
}

function compareSteps(a: Step<FactType>, b: Step<FactType>): number {
  return (
    a.at - b.at ||
    compareText(a.state, b.state) ||
    compareText(a.origin ?? '', b.origin ?? '') ||
    compareText(a.snapshot.eventType, b.snapshot.eventType) ||
    compareText(a.snapshot.observation, b.snapshot.observation)
  )
}

/**
 * One change may come as two Event objects (stripe-facts §3), and one event in two shapes. Same
 * request, same states, within a minute: one change. Without a request only near twins collapse,
 * since automation may truly repeat a transition.
 */
function collapse<T extends FactType>(steps: Step<T>[]): Step<T>[] {
  const kept: Step<T>[] = []
  const byChange = new Map<string, Step<T>>()
  const byObservation = new Set<string>()
  for (const step of steps) {
    if (byObservation.has(step.snapshot.observation)) continue
    byObservation.add(step.snapshot.observation)
    if (step.origin !== null) {
      const change = `${step.snapshot.request ?? ''}\n${step.origin}\n${step.state}`
      const twin = byChange.get(change)
      const spread = step.snapshot.request === null ? DOUBLE_SPREAD : CLUSTER_GAP
      if (twin && step.at - twin.at <= spread) continue
      byChange.set(change, step)
    }
    kept.push(step)
  }
  return kept
}

/** A read shows everything created before its request began; only what follows can be newer. */
function afterLatestRead<T extends FactType>(steps: Step<T>[]): Step<T>[] {
  const read = steps.findLast((step) => step.snapshot.origin === 'read')
  if (read === undefined) return steps
  return steps.filter(
    (step) => step === read || (step.snapshot.origin !== 'read' && step.at >= read.at),
  )
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

/**
 * The state where the path through a cluster ends. States are nodes, an event with a pre-image is an
 * edge; the end is entered once more than it is left, so cancel / undo / cancel resolves. What chains
 * leave open is cut by differing `created`, and ambiguous when even those are equal.
 */
function endOf<T extends FactType>(
  steps: Step<T>[],
  hint: string | null,
): { step: Step<T>; isAmbiguous: boolean } {
  const component = components(steps)
  const balance = new Map<string, number>()
  for (const { state, origin } of steps) {
    if (origin === null || origin === state) continue
    balance.set(state, (balance.get(state) ?? 0) + 1)
    balance.set(origin, (balance.get(origin) ?? 0) - 1)
  }
  const open = new Set<string>()
  for (const { state } of steps) {
    if ((balance.get(state) ?? 0) > 0) open.add(component(state))
  }
  // In a part of the graph with an open end only that end can be the latest; in a closed loop, any.
  const candidates = new Map<string, Step<T>>()
  for (const step of steps) {
    const isEnd = (balance.get(step.state) ?? 0) > 0 || !open.has(component(step.state))
    if (isEnd) candidates.set(step.state, step)
  }
  const ranked = [...preferChanges(candidates, steps)].sort(
    (a, b) => b.at - a.at || compareSteps(a, b),
  )
  const winner = ranked[0] ?? (steps.at(-1) as Step<T>)
  const rivals = ranked.filter((step) => isRival(step, winner))
  if (rivals.length < 2) return { step: winner, isAmbiguous: false }
  const hinted = rivals.find((step) => step.state === hint)
  if (hinted !== undefined && loops(rivals, component)) return { step: hinted, isAmbiguous: false }
  return { step: winner, isAmbiguous: true }
}

/**
 * `created` begins a life and `trial_will_end` only notifies (row 12): beside another end of the same
 * minute, the state that nothing but these shows is not the latest.
 */
function preferChanges<T extends FactType>(
  candidates: ReadonlyMap<string, Step<T>>,
  steps: readonly Step<T>[],
): Step<T>[] {
  const changed = new Set(
    steps.filter(({ snapshot }) => !isOpening(snapshot.eventType)).map(({ state }) => state),
  )
  const all = [...candidates.values()]
  const real = all.filter(({ state }) => changed.has(state))
  return real.length > 0 ? real : all
}

function isOpening(eventType: string): boolean {
  return eventType.endsWith('.created') || eventType.endsWith('.trial_will_end')
}

/** A read is ambiguous with everything of its cluster that no chain orders after it. */
function isRival<T extends FactType>(step: Step<T>, winner: Step<T>): boolean {
  return step.at === winner.at || step.snapshot.origin === 'read'
}

/** The state known before a closed loop is where the loop began, so it is where it ends. */
function loops<T extends FactType>(rivals: Step<T>[], component: (state: string) => string) {
  return new Set(rivals.map((step) => component(step.state))).size === 1
}

function components(steps: Step<FactType>[]): (state: string) => string {
  const parent = new Map<string, string>()
  const find = (state: string): string => {
    let root = state
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up
    return root
  }
  for (const { state, origin } of steps) {
    if (origin === null) continue
    const a = find(state)
    const b = find(origin)
    if (a !== b) parent.set(a, b)
  }
  return find
}
