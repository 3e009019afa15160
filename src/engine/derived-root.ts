import type { AnySnapshot, Scope } from '../core/fact.ts'
import { scopedKey } from './settle/keys.ts'

/** What the observations alone say hangs under one root. */
export interface DerivedRoot {
  scope: Scope
  root: string
  /** `key type object` → snapshots */
  objects: Map<string, AnySnapshot[]>
}

/** By scoped root key. */
export type DerivedRoots = Map<string, DerivedRoot>

export function addDerived(
  derived: DerivedRoots,
  scope: Scope,
  root: string,
  key: string,
  snapshot: AnySnapshot,
): void {
  const name = scopedKey(scope, root)
  const entry = derived.get(name) ?? { scope, root, objects: new Map() }
  derived.set(name, entry)
  const object = `${key}\n${snapshot.type}\n${snapshot.object}`
  entry.objects.set(object, [...(entry.objects.get(object) ?? []), snapshot])
}
