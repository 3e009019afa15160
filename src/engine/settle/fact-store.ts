import { compact } from '../../core/compact.ts'
import { buildFacts, unite, type Facts } from '../../core/facts.ts'
import type { AnySnapshot, Scope } from '../../core/fact.ts'
import type { Queryable } from '../../store/database.ts'
import {
  readMembers,
  writeFacts,
  type FactRow,
  type RootKey,
} from '../../store/statements/facts.ts'
import { scopedKey } from './keys.ts'
import { assembleFacts } from './assemble-facts.ts'
import { parseSnapshots } from './remembered-snapshots.ts'
import type { Routed } from './routed.ts'

interface StoredObject {
  scope: Scope
  key: string
  snapshots: AnySnapshot[]
  compacted: string[]
  isChanged: boolean
}

/** The facts of the roots a transaction holds, read once and written back where they changed. */
export class FactStore {
  readonly #tx: Queryable
  /** root → object → stored */
  readonly #roots = new Map<string, Map<string, StoredObject>>()
  readonly #built = new Map<string, Facts>()

  constructor(tx: Queryable) {
    this.#tx = tx
  }

  /** Reads what is filed below the roots not read yet. */
  async load(roots: readonly RootKey[]): Promise<void> {
    const missing = roots.filter((root) => !this.#roots.has(scopedKey(root, root.root)))
    if (missing.length === 0) return
    for (const root of missing) this.#roots.set(scopedKey(root, root.root), new Map())
    for (const row of await readMembers(this.#tx, missing)) {
      if (row.type === null || row.object === null || row.snapshots === null) continue
      this.#roots.get(scopedKey(row, row.root))?.set(objectKey(row.key, row.type, row.object), {
        scope: { account: row.account, livemode: row.livemode },
        key: row.key,
        snapshots: parseSnapshots(row.snapshots),
        compacted: row.compacted ?? [],
        isChanged: false,
      })
    }
  }

  /** Adds snapshots to their objects; what is already held changes nothing. */
  add(observations: readonly Routed[], rootOf: (scope: Scope, key: string) => string): void {
    for (const { scope, snapshots } of observations) {
      for (const { key, snapshot } of snapshots) {
        const rootKey = scopedKey(scope, rootOf(scope, key))
        const objects = this.#roots.get(rootKey)
        if (objects === undefined) throw new Error(`root ${rootKey} is not loaded`)
        const name = objectKey(key, snapshot.type, snapshot.object)
        const stored = objects.get(name) ?? newObject(scope, key)
        objects.set(name, stored)
        if (stored.compacted.includes(snapshot.observation)) continue
        const united = unite([...stored.snapshots, snapshot])
        if (united.length === stored.snapshots.length) continue
        stored.snapshots = united
        stored.isChanged = true
        this.#built.delete(rootKey)
      }
    }
  }

  async write(): Promise<void> {
    const rows: FactRow[] = []
    for (const objects of this.#roots.values()) {
      for (const [, stored] of objects) {
        if (!stored.isChanged) continue
        stored.isChanged = false
        compactStored(stored)
        const { type, object } = stored.snapshots[0] as AnySnapshot
        const { key, compacted } = stored
        const snapshots = JSON.stringify(stored.snapshots)
        rows.push({ ...stored.scope, key, type, object, snapshots, compacted })
      }
    }
    if (rows.length > 0) await writeFacts(this.#tx, rows)
  }

  snapshots(roots: readonly RootKey[]): AnySnapshot[] {
    return this.#sets(roots).flat()
  }

  /** Observations whose snapshots were compacted away below these roots. */
  compacted(roots: readonly RootKey[]): string[] {
    return roots.flatMap((root) => {
      const objects = this.#roots.get(scopedKey(root, root.root))
      return objects === undefined
        ? []
        : [...objects.values()].flatMap((stored) => stored.compacted)
    })
  }

  /** Folded facts of these roots together. */
  facts(roots: readonly RootKey[], also: readonly AnySnapshot[] = []): Facts {
    if (also.length > 0) return buildFacts([...this.snapshots(roots), ...also])
    const [only] = roots
    if (only === undefined || roots.length > 1) return assembleFacts(this.#sets(roots))
    const key = scopedKey(only, only.root)
    const built = this.#built.get(key) ?? assembleFacts(this.#sets(roots))
    this.#built.set(key, built)
    return built
  }

  /** What is held of each object below these roots. */
  #sets(roots: readonly RootKey[]): AnySnapshot[][] {
    return roots.flatMap((root) => {
      const objects = this.#roots.get(scopedKey(root, root.root))
      return objects === undefined ? [] : [...objects.values()].map(({ snapshots }) => snapshots)
    })
  }
}

function compactStored(stored: StoredObject): void {
  const kept = compact(stored.snapshots)
  if (kept.length === stored.snapshots.length) return
  const keptIds = new Set(kept.map(({ observation }) => observation))
  const dropped = stored.snapshots
    .map(({ observation }) => observation)
    .filter((observation) => !keptIds.has(observation))
  stored.compacted = [...new Set([...stored.compacted, ...dropped])].sort()
  stored.snapshots = [...kept]
}

function newObject(scope: Scope, key: string): StoredObject {
  return { scope, key, snapshots: [], compacted: [], isChanged: false }
}

function objectKey(key: string, type: string, object: string): string {
  return `${key}\n${type}\n${object}`
}
