import { canonical } from '../core/canonical.ts'
import type { AnySnapshot } from '../core/fact.ts'
import { unite } from '../core/facts.ts'
import type { Queryable } from '../store/database.ts'
import type { DerivedRoots } from './derived-root.ts'
import type { VerifyDifference } from './engine.ts'
import { FactStore } from './settle/fact-store.ts'

const PAGE = 500

/** Compares the stored facts of these roots with what the observations give. */
export async function verifyFacts(
  tx: Queryable,
  derived: DerivedRoots,
): Promise<VerifyDifference[]> {
  const differences: VerifyDifference[] = []
  const all = [...derived.values()]
  for (let from = 0; from < all.length; from += PAGE) {
    const page = all.slice(from, from + PAGE)
    const store = new FactStore(tx)
    await store.load(page.map(({ scope, root }) => ({ ...scope, root })))
    for (const { scope, root, objects } of page) {
      const held = store.snapshots([{ ...scope, root }])
      const dropped = new Set(store.compacted([{ ...scope, root }]))
      const expected = new Map(
        [...objects.values()].flatMap((list) => unite(list)).map((s) => [canonical(s), s]),
      )
      const actual = new Set(held.map((snapshot) => canonical(snapshot)))
      for (const [text, snapshot] of expected) {
        if (!actual.has(text) && !dropped.has(snapshot.observation)) {
          differences.push(missing(root, snapshot, 'is not among its facts'))
        }
      }
      for (const snapshot of held) {
        if (!expected.has(canonical(snapshot))) {
          differences.push(missing(root, snapshot, 'is a fact that no observation gives'))
        }
      }
    }
  }
  return differences
}

function missing(root: string, snapshot: AnySnapshot, what: string): VerifyDifference {
  return {
    kind: 'facts',
    subject: `${root}/${snapshot.object}`,
    message: `${snapshot.observation} (${snapshot.eventType}) ${what}`,
  }
}
