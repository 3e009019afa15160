import { canonicalText } from '../../src/core/canonical.ts'
import { evaluate, type Evaluation } from '../../src/core/evaluate.ts'
import type { Catalog } from '../../src/core/compile-catalog.ts'
import type { AnySnapshot } from '../../src/core/fact.ts'
import { unite } from '../../src/core/facts.ts'
import { reduce } from '../../src/stripe/reduce.ts'
import { type Body, toObservation } from './stripe/index.ts'

/** One body as it arrives: what it says of each object it speaks of. */
export interface Parcel {
  body: Body
  parts: readonly { key: string; snapshot: AnySnapshot }[]
}

const SCOPE = { account: '', livemode: false }

export function parcelOf(body: Body): Parcel {
  const { snapshots, problem } = reduce(toObservation(body))
  if (problem !== null) throw new Error(`${body.id}: ${problem.message}`)
  return {
    body,
    parts: snapshots.map((snapshot) => ({
      key: `${snapshot.type}\n${snapshot.object}`,
      snapshot,
    })),
  }
}

/**
 * What is held of every object, kept as the engine keeps it: one set of snapshots per object, merged
 * with `unite` as each observation comes in. Objects stand in the order in which they were first heard of.
 */
export class Holding {
  readonly #sets: Map<string, readonly AnySnapshot[]>

  constructor(parcels: Iterable<Parcel> = []) {
    this.#sets = new Map()
    for (const parcel of parcels) this.add(parcel)
  }

  add({ parts }: Parcel): this {
    for (const { key, snapshot } of parts) {
      this.#sets.set(key, unite([...(this.#sets.get(key) ?? []), snapshot]))
    }
    return this
  }

  copy(): Holding {
    const copy = new Holding()
    for (const [key, set] of this.#sets) copy.#sets.set(key, set)
    return copy
  }

  /** Whether both hold the same sets, element by element in canonical order. */
  equals(other: Holding): boolean {
    if (this.#sets.size !== other.#sets.size) return false
    for (const [key, set] of this.#sets) {
      const others = other.#sets.get(key)
      if (others === undefined || others.length !== set.length) return false
      for (let index = 0; index < set.length; index++) {
        if (!isSame(set[index] as AnySnapshot, others[index] as AnySnapshot)) return false
      }
    }
    return true
  }

  evaluate(catalog: Catalog, at: number): Evaluation['customers'] {
    const snapshots = [...this.#sets.values()].flat()
    return evaluate(
      snapshots.map((snapshot) => ({ scope: SCOPE, snapshot })),
      catalog,
      at,
    ).customers
  }
}

function isSame(a: AnySnapshot, b: AnySnapshot): boolean {
  return a === b || canonicalText(a) === canonicalText(b)
}
