import { rootOf, preferParent } from '../../core/route.ts'
import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../../store/database.ts'
import { lockLinks, readAncestors, type LinkRow } from '../../store/statements/links.ts'
import { compareScoped, scopedKey } from './keys.ts'
import { Outrun } from './outrun.ts'
import type { Routed } from './routed.ts'

/** Another process moved a root between reading and locking. */
export class RootMoved extends Outrun {
  override readonly name = 'RootMoved'
}

/** A root held by this transaction. */
export interface HeldRoot extends Scope {
  root: string
}

export interface ClaimedRoots {
  roots: HeldRoot[]
  /** Held too, but no roots (any more): what they owned has moved below another. */
  moved: HeldRoot[]
  /** Root of a key, after this transaction's links. */
  rootOf(scope: Scope, key: string): string
}

/**
 * Learns the links and locks every root they concern, all in one sorted statement: whoever touches
 * the same Stripe customer waits here, and nobody waits in a circle. An adopted root is locked under
 * its old name too, so a refund settled at the same time as its payment's customer is never missed.
 */
export async function claimRoots(
  tx: Queryable,
  observations: readonly Routed[],
  also: readonly HeldRoot[] = [],
): Promise<ClaimedRoots> {
  const known = await readKnown(tx, observations)
  const learnt = learn(known, observations)
  const rows = new Map<string, LinkRow>()
  const hold = (scope: Scope, object: string, parent: string | null) => {
    rows.set(scopedKey(scope, object), { ...bare(scope), object, parent })
  }
  for (const { account, livemode, root } of also) hold({ account, livemode }, root, null)
  for (const { scope, snapshots, clocks } of observations) {
    for (const { key } of snapshots) {
      hold(scope, rootIn(known, scope, key), null)
      hold(scope, rootIn(learnt.parents, scope, key), null)
    }
    // Who moves a test clock on must meet everyone who is being put on it.
    for (const clock of clocks) hold(scope, clock, null)
  }
  for (const { scope, object, parent } of learnt.changed) {
    hold(scope, rootIn(known, scope, object), null)
    hold(scope, rootIn(learnt.parents, scope, object), null)
    hold(scope, object, parent)
  }
  for (const { scope, object, parent } of learnt.changed) hold(scope, object, parent)
  const sorted = [...rows.values()].sort((a, b) =>
    compareScoped({ ...a, name: a.object }, { ...b, name: b.object }),
  )
  // Also with no row to lock: a rebuild keeps us out by locking the table.
  const locked = await lockLinks(tx, sorted)
  const parents = new Map(learnt.parents)
  for (const row of locked) parents.set(scopedKey(row, row.object), row.parent)
  const roots = new Map<string, HeldRoot>()
  const moved: HeldRoot[] = []
  for (const row of locked) {
    const held = { ...bare(row), root: row.object }
    if (row.parent === null) roots.set(scopedKey(row, row.object), held)
    else moved.push(held)
  }
  for (const { scope, snapshots } of observations) {
    for (const { key } of snapshots) {
      const root = rootIn(parents, scope, key)
      if (roots.has(scopedKey(scope, root))) continue
      if ((parents.get(scopedKey(scope, root)) ?? null) === null) throw new RootMoved(root)
      // What followed the links gave up: trying again is no use.
      throw new Error(`${key} refers to others in a circle, or through too many of them`)
    }
  }
  return {
    roots: [...roots.values()],
    moved,
    rootOf: (scope, key) => rootIn(parents, scope, key),
  }
}

type Parents = Map<string, string | null>

async function readKnown(tx: Queryable, observations: readonly Routed[]): Promise<Parents> {
  const keys = new Map<string, { account: string; livemode: boolean; object: string }>()
  const add = (scope: Scope, object: string) => {
    keys.set(scopedKey(scope, object), { ...bare(scope), object })
  }
  for (const { scope, snapshots, links } of observations) {
    for (const { key } of snapshots) add(scope, key)
    for (const { object, parent } of links) {
      add(scope, object)
      add(scope, parent)
    }
  }
  const parents: Parents = new Map()
  if (keys.size === 0) return parents
  for (const row of await readAncestors(tx, [...keys.values()])) {
    parents.set(scopedKey(row, row.object), row.parent)
  }
  return parents
}

function learn(known: Parents, observations: readonly Routed[]) {
  const parents: Parents = new Map(known)
  const changed = new Map<string, { scope: Scope; object: string; parent: string }>()
  for (const { scope, links } of observations) {
    for (const { object, parent } of links) {
      const key = scopedKey(scope, object)
      const before = parents.get(key) ?? null
      const after = preferParent(before, parent)
      if (after === before || after === null) continue
      parents.set(key, after)
      changed.set(key, { scope, object, parent: after })
    }
  }
  return { parents, changed: [...changed.values()] }
}

function rootIn(parents: Parents, scope: Scope, key: string): string {
  return rootOf(key, (object) => parents.get(scopedKey(scope, object)))
}

function bare({ account, livemode }: Scope): Scope {
  return { account, livemode }
}
