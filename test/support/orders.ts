import type { Random } from './seeded.ts'

/** One arrangement: the places of some values, in an order. */
export interface Arrangement<State> {
  /** Which values are in it, as bits. */
  set: number
  order: readonly number[]
  state: State
}

/**
 * Visits every order of every subset of `count` values. Each is the beginning of some order of all of
 * them, so one walk of the tree of beginnings meets them all, and what was merged on the way down is
 * shared between all that go on from there.
 */
export function walkArrangements<State>(
  count: number,
  empty: State,
  add: (state: State, value: number) => State,
  visit: (arrangement: Arrangement<State>) => void,
): void {
  const order: number[] = []
  const walk = (set: number, state: State) => {
    visit({ set, order, state })
    for (let value = 0; value < count; value++) {
      if (((set >> value) & 1) === 1) continue
      order.push(value)
      walk(set | (1 << value), add(state, value))
      order.pop()
    }
  }
  walk(0, empty)
}

/** The values of a set of bits. */
export function chosen<T>(values: readonly T[], set: number): T[] {
  return values.filter((_, index) => ((set >> index) & 1) === 1)
}

/** An order in which about half of the values come again: at once, or any time later. */
export function withDuplicates<T>(order: readonly T[], random: Random): T[] {
  const arrivals: T[] = []
  const late: T[] = []
  for (const value of order) {
    arrivals.push(value)
    if (random.chance(0.25)) arrivals.push(value)
    if (late.length > 0 && random.chance(0.3)) arrivals.push(late.shift() as T)
    if (random.chance(0.25)) late.push(value)
  }
  return [...arrivals, ...late]
}
