import { byName } from './by-name.ts'
import type { Catalog } from './compile-catalog.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import type { AnySnapshot, Scope } from './fact.ts'
import { buildFacts } from './facts.ts'
import { preferParent, rootOf, routeOf } from './route.ts'
import { findSources } from './sources.ts'

export interface ScopedSnapshot {
  scope: Scope
  snapshot: AnySnapshot
}

export interface Evaluation {
  /** By app customer; outside the first scope the id is prefixed with `live:`/`test:` and account. */
  customers: Record<string, Decision>
}

/** Everything at once, without a database: a set of snapshots in, everyone's access out. */
export function evaluate(
  snapshots: readonly ScopedSnapshot[],
  catalog: Catalog,
  at: number,
): Evaluation {
  const customers = byName<Decision>()
  const scopes = new Map<string, AnySnapshot[]>()
  for (const { scope, snapshot } of snapshots) {
    const name = `${scope.livemode ? 'live' : 'test'}${scope.account === '' ? '' : `/${scope.account}`}`
    const group = scopes.get(name)
    if (group === undefined) scopes.set(name, [snapshot])
    else group.push(snapshot)
  }
  const isSingle = scopes.size === 1
  for (const [name, group] of [...scopes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const [customer, decision] of Object.entries(evaluateScope(group, catalog, at))) {
      customers[isSingle ? customer : `${name}:${customer}`] = decision
    }
  }
  return { customers }
}

function evaluateScope(
  snapshots: readonly AnySnapshot[],
  catalog: Catalog,
  now: number,
): Record<string, Decision> {
  const byRoot = groupByRoot(snapshots)
  const clocks = snapshots.filter(({ type }) => type === 'test_clock')
  const byOwner = new Map<string, AnySnapshot[]>()
  for (const group of byRoot.values()) {
    const { owners } = findSources(buildFacts([...group, ...clocks]), catalog, now)
    for (const owner of owners) byOwner.set(owner, [...(byOwner.get(owner) ?? []), ...group])
  }
  const decisions = byName<Decision>()
  for (const [customer, group] of [...byOwner].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const facts = buildFacts([...group, ...clocks])
    decisions[customer] = decide({ facts, customer, catalog, now })
  }
  return decisions
}

/** Groups snapshots by the root they hang under, by their own links alone. */
export function groupByRoot(snapshots: readonly AnySnapshot[]): Map<string, AnySnapshot[]> {
  const parents = new Map<string, string | null>()
  const routes = snapshots.map((snapshot) => ({ snapshot, route: routeOf(snapshot) }))
  for (const { route } of routes) {
    for (const { object, parent } of route.links) {
      parents.set(object, preferParent(parents.get(object) ?? null, parent))
    }
  }
  const groups = new Map<string, AnySnapshot[]>()
  for (const { snapshot, route } of routes) {
    const root = rootOf(route.key, (key) => parents.get(key))
    const group = groups.get(root)
    if (group === undefined) groups.set(root, [snapshot])
    else group.push(snapshot)
  }
  return groups
}
