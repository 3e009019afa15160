import type { FactStates, FactType } from '../../src/core/fact.ts'
import type { Observation, Reduction } from '../../src/stripe/observation.ts'
import { reduce } from '../../src/stripe/reduce.ts'

/** An event around an object, as intake would have stored it. */
export function eventOf(
  type: string,
  object: unknown,
  extra: { previous?: unknown; request?: unknown; created?: number } = {},
): Observation {
  const created = extra.created ?? 1_760_000_000
  return {
    kind: 'event',
    id: 'evt_1',
    type,
    created,
    body: {
      id: 'evt_1',
      object: 'event',
      type,
      created,
      livemode: false,
      data: {
        object,
        ...(extra.previous === undefined ? {} : { previous_attributes: extra.previous }),
      },
      request: extra.request ?? null,
    },
  }
}

/** The state of the one snapshot of that type; fails the test where there is none. */
export function stateOf<T extends FactType>(reduction: Reduction, type: T): FactStates[T] {
  const snapshot = reduction.snapshots.find((candidate) => candidate.type === type)
  if (snapshot === undefined || snapshot.after === null) {
    throw new Error(`no ${type} was reduced: ${reduction.problem?.message ?? 'no problem named'}`)
  }
  return snapshot.after as FactStates[T]
}

export function reducedState<T extends FactType>(
  type: T,
  object: unknown,
  eventType = 'test.updated',
): FactStates[T] {
  return stateOf(reduce(eventOf(eventType, object)), type)
}
