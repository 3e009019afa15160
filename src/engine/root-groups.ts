import type { Scope } from '../core/fact.ts'
import type { Queryable } from '../store/database.ts'
import { readRootGroups } from '../store/statements/customer-roots.ts'
import { scopedKey } from './settle/keys.ts'

/** Roots that share an app customer are verified in one pass, since they are decided together. */
export async function groupRoots(tx: Queryable) {
  const parent = new Map<string, string>()
  const find = (key: string): string => {
    let root = key
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root))
      root = up
    return root
  }
  for (const { account, livemode, roots } of await readRootGroups(tx)) {
    const keys = roots.map((root) => scopedKey({ account, livemode }, root))
    for (const key of keys) parent.set(find(key), find(keys[0] ?? key))
  }
  return {
    passOf(scope: Scope, root: string, passes: number): number {
      if (passes === 1) return 0
      const group = find(scopedKey(scope, root))
      let hash = 0
      for (let at = 0; at < group.length; at++) hash = (hash * 31 + group.charCodeAt(at)) >>> 0
      return hash % passes
    },
  }
}
