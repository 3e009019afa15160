import { compareText } from './canonical.ts'
import { compareCaution } from './caution.ts'
import type { FactStates, FactType, Snapshot } from './fact.ts'

/** A snapshot with the canonical texts of its state and of the state it left. */
export interface Step<T extends FactType> {
  snapshot: Snapshot<T>
  at: number
  state: string
  origin: string | null
  /** Without a request, told more than once within seconds: the change was made once, or again. */
  isDoubled: boolean
}

export interface End<T extends FactType> {
  step: Step<T>
  isAmbiguous: boolean
}

export function compareSteps(a: Step<FactType>, b: Step<FactType>): number {
  return (
    a.at - b.at ||
    compareText(a.state, b.state) ||
    compareText(a.origin ?? '', b.origin ?? '') ||
    compareText(a.snapshot.eventType, b.snapshot.eventType) ||
    compareText(a.snapshot.observation, b.snapshot.observation)
  )
}

/**
 * The state where the path through a cluster ends. States are nodes, an event with a pre-image is an
 * edge; the end is entered once more than it is left, so cancel / undo / cancel resolves. What chains
 * leave open is cut by differing `created`, and ambiguous when even those are equal: then the most
 * cautious one counts. `known` is the end of the cluster before.
 */
export function endOf<T extends FactType>(steps: Step<T>[], known: End<T> | null): End<T> {
  const component = components(steps)
  const ranked = candidates(steps, component)
  const winner = ranked[0] ?? (steps.at(-1) as Step<T>)
  const rivals = ranked.filter((step) => isRival(step, winner))
  if (rivals.length < 2) return unlessRepeated({ step: winner, isAmbiguous: false }, steps, known)
  const hinted = rivals.find((step) => step.state === known?.step.state)
  if (hinted === undefined || known === null || !isOneLoop(rivals, component)) {
    const latest = rivals.filter(({ at }) => at === winner.at)
    return { step: mostCautious(latest, known), isAmbiguous: true }
  }
  return unlessRepeated({ step: hinted, isAmbiguous: known.isAmbiguous }, steps, known)
}

/**
 * The states a cluster may end in, latest first. In a part of the graph with an open end only that end
 * can be the latest; in a closed loop, any.
 */
function candidates<T extends FactType>(
  steps: Step<T>[],
  component: (state: string) => string,
): Step<T>[] {
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
  const found = new Map<string, Step<T>>()
  for (const step of steps) {
    const isEnd = (balance.get(step.state) ?? 0) > 0 || !open.has(component(step.state))
    if (isEnd) found.set(step.state, step)
  }
  return preferChanges(found, steps).sort((a, b) => b.at - a.at || compareSteps(a, b))
}

/**
 * Automation may make a change, undo it and make it again within the seconds in which two Event
 * objects pass for one change. A doubled change that leaves where the path ends may have gone on.
 */
function unlessRepeated<T extends FactType>(
  end: End<T>,
  steps: readonly Step<T>[],
  known: End<T> | null,
): End<T> {
  const { state } = end.step
  const onward = steps.filter(
    (step) => step.isDoubled && step.origin === state && step.state !== state,
  )
  if (onward.length === 0) return end
  return { step: mostCautious([end.step, ...onward], known), isAmbiguous: true }
}

function mostCautious<T extends FactType>(
  rivals: readonly Step<T>[],
  known: End<T> | null,
): Step<T> {
  const certain = known === null || known.isAmbiguous ? null : shownBy(known.step)
  const [first] = rivals.toSorted(
    (a, b) =>
      compareCaution(a.snapshot.type, shownBy(a), shownBy(b), certain) || compareSteps(a, b),
  )
  return first as Step<T>
}

/** Only snapshots that show a state become steps. */
function shownBy<T extends FactType>({ snapshot }: Step<T>): FactStates[T] {
  return snapshot.after as FactStates[T]
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
function isOneLoop<T extends FactType>(rivals: Step<T>[], component: (state: string) => string) {
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
