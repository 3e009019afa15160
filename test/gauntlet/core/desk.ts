import type { Catalog } from '../../../src/core/compile-catalog.ts'
import { compact } from '../../../src/core/compact.ts'
import { decide } from '../../../src/core/decide.ts'
import type { Decision } from '../../../src/core/decision.ts'
import type { AnySnapshot } from '../../../src/core/fact.ts'
import { type Facts, unite } from '../../../src/core/facts.ts'
import { preferParent, rootOf } from '../../../src/core/route.ts'
import { findSources } from '../../../src/core/sources.ts'
import { assembleFacts } from '../../../src/engine/settle/assemble-facts.ts'
import type { Parcel, Part } from './parcel.ts'

type Snapshots = readonly AnySnapshot[]

interface Held {
  readonly key: string
  /** Numbers of the parts in the set, ascending. */
  numbers: readonly number[]
  set: Snapshots
  /** Observations whose snapshots were compacted away. */
  readonly dropped: Set<string>
}

/** Sets met in any order of a story, by the numbers of their parts: what is folded once is kept. */
export class Cabinet {
  readonly #sets = new Map<string, Snapshots>()
  readonly #snapshots = new Map<number, AnySnapshot>()
  readonly #compacted = new WeakMap<Snapshots, Snapshots>()

  /** The set of these parts, of which the last may be met for the first time. */
  set(numbers: readonly number[], { number, snapshot }: Part): Snapshots {
    this.#snapshots.set(number, snapshot)
    const name = numbers.join()
    const known = this.#sets.get(name)
    if (known !== undefined) return known
    if (this.#sets.size > 100_000) this.#sets.clear()
    const made = unite(numbers.map((each) => this.#snapshots.get(each) as AnySnapshot))
    this.#sets.set(name, made)
    return made
  }

  compacted(set: Snapshots): Snapshots {
    const known = this.#compacted.get(set)
    if (known !== undefined) return known
    const made = compact(set)
    this.#compacted.set(set, made)
    return made
  }

  /** Those of the parts whose observation is still in a set. */
  within(numbers: readonly number[], set: Snapshots): number[] {
    const ids = new Set(set.map(({ observation }) => observation))
    return numbers.filter((each) => ids.has(this.#snapshots.get(each)?.observation ?? ''))
  }
}

/** What the service would hold and say, one delivery after the other: the engine's way, in memory. */
export class Desk {
  readonly #cabinet: Cabinet | null
  readonly #catalog: Catalog
  /** Drops what can no longer matter, as the engine does when it stores. */
  readonly #isCompacting: boolean
  readonly #held = new Map<string, Held>()
  readonly #parents = new Map<string, string>()
  #facts: Map<string, Facts> | null = null

  /** Without a cabinet every set is merged in the order of arrival, as the engine does it. */
  constructor(cabinet: Cabinet | null, catalog: Catalog, isCompacting: boolean) {
    this.#cabinet = cabinet
    this.#catalog = catalog
    this.#isCompacting = isCompacting
  }

  /** True where it told something new. */
  take({ parts }: Parcel): boolean {
    let isNew = false
    for (const part of parts) isNew = this.#add(part) || isNew
    if (isNew) this.#facts = null
    return isNew
  }

  #add(part: Part): boolean {
    const { name, number, key, snapshot } = part
    const held = this.#held.get(name) ?? { key, numbers: [], set: [], dropped: new Set() }
    if (held.numbers.includes(number) || held.dropped.has(snapshot.observation)) return false
    this.#held.set(name, held)
    const inOrder = [...held.numbers, number]
    if (this.#cabinet === null) {
      held.numbers = inOrder
      held.set = unite([...held.set, snapshot])
    } else {
      held.numbers = inOrder.sort((a, b) => a - b)
      held.set = this.#cabinet.set(held.numbers, part)
    }
    for (const { object, parent } of part.links) {
      const preferred = preferParent(this.#parents.get(object) ?? null, parent)
      if (preferred !== null) this.#parents.set(object, preferred)
    }
    if (this.#isCompacting) this.#compact(held)
    return true
  }

  #compact(held: Held): void {
    const kept = this.#cabinet?.compacted(held.set) ?? compact(held.set)
    if (kept.length === held.set.length) return
    const ids = new Set(kept.map(({ observation }) => observation))
    for (const { observation } of held.set) if (!ids.has(observation)) held.dropped.add(observation)
    held.numbers = this.#cabinet?.within(held.numbers, kept) ?? held.numbers
    held.set = kept
  }

  /** Everyone's access at a second. */
  decisions(at: number): Map<string, Decision> {
    this.#facts ??= this.#assemble(at)
    const decisions = new Map<string, Decision>()
    for (const [customer, facts] of this.#facts) {
      decisions.set(customer, decide({ facts, customer, catalog: this.#catalog, now: at }))
    }
    return decisions
  }

  /** Facts by app customer: those of all roots that speak of them, and the test clocks. */
  #assemble(at: number): Map<string, Facts> {
    const roots = new Map<string, Snapshots[]>()
    const clocks: Snapshots[] = []
    for (const { key, set } of this.#held.values()) {
      const type = set[0]?.type
      if (type === 'test_clock') clocks.push(set)
      // Nobody's in particular: no rule reads them.
      if (type === 'test_clock' || type === 'product' || type === 'price') continue
      const root = rootOf(key, (object) => this.#parents.get(object))
      const sets = roots.get(root)
      if (sets === undefined) roots.set(root, [set])
      else sets.push(set)
    }
    const rootsOf = new Map<string, Snapshots[][]>()
    for (const [, sets] of [...roots].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const facts = assembleFacts([...sets, ...clocks])
      for (const owner of findSources(facts, this.#catalog, at).owners) {
        rootsOf.set(owner, [...(rootsOf.get(owner) ?? []), sets])
      }
    }
    return new Map(
      [...rootsOf].map(([owner, sets]) => [owner, assembleFacts([...sets.flat(), ...clocks])]),
    )
  }
}
