import { preferParent, rootOf } from '../core/route.ts'
import type { Scope } from '../core/fact.ts'
import type { Queryable } from '../store/database.ts'
import { readObservationPage } from '../store/statements/pending.ts'
import type { LinkRow } from '../store/statements/links.ts'
import { scopedKey } from './settle/keys.ts'
import { routeObservation, type Routed } from './settle/routed.ts'

const PAGE = 500

/** Every settled observation, in the order they came. */
export async function* readRouted(db: Queryable): AsyncGenerator<Routed[]> {
  let after = 0n
  for (;;) {
    const rows = await readObservationPage(db, after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.seq
    yield rows.map(routeObservation)
  }
}

/** Links learnt anew from observations alone: the same minimum the store keeps. */
export class DerivedLinks {
  readonly #parents = new Map<string, LinkRow>()

  add({ scope, links }: Routed): void {
    for (const { object, parent } of links) {
      const key = scopedKey(scope, object)
      const before = this.#parents.get(key)?.parent ?? null
      const { account, livemode } = scope
      this.#parents.set(key, { account, livemode, object, parent: preferParent(before, parent) })
    }
  }

  rootOf(scope: Scope, key: string): string {
    return rootOf(key, (object) => this.#parents.get(scopedKey(scope, object))?.parent)
  }

  parentOf(scope: Scope, object: string): string | null {
    return this.#parents.get(scopedKey(scope, object))?.parent ?? null
  }

  get rows(): Iterable<LinkRow> {
    return this.#parents.values()
  }

  get size(): number {
    return this.#parents.size
  }
}
