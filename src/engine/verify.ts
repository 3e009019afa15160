import { canonical } from '../core/canonical.ts'
import type { Catalog } from '../core/compile-catalog.ts'
import { RULES_VERSION } from '../core/decide.ts'
import type { FeatureAccess } from '../core/decision.ts'
import type { AnySnapshot, Scope } from '../core/fact.ts'
import { buildFacts, unite } from '../core/facts.ts'
import { findSources } from '../core/sources.ts'
import type { Database, Queryable } from '../store/database.ts'
import { readCustomerPage, type CustomerRow } from '../store/statements/customers.ts'
import {
  readCustomersOfRoots,
  readRootGroups,
  readRootsOfCustomers,
} from '../store/statements/customer-roots.ts'
import { readLinkPage } from '../store/statements/links.ts'
import { countSettled } from '../store/statements/pending.ts'
import { DerivedLinks, readRouted } from './derive.ts'
import type { Progress, VerifyDifference, VerifyReport } from './engine.ts'
import { asHold } from './hold-setting.ts'
import { FactStore } from './settle/fact-store.ts'
import { scopedKey } from './settle/keys.ts'
import { isSameAccess, NOTHING, reachVerdict } from './settle/verdict.ts'
import { verifyChain } from './verify-chain.ts'

const PAGE = 500

export interface VerifyOptions {
  /** Observations held in memory at once; a larger log is read in several passes. @defaultValue 100000 */
  passSize?: number
}

interface Derived {
  scope: Scope
  root: string
  /** `key type object` → snapshots */
  objects: Map<string, AnySnapshot[]>
}

/**
 * Derives everything from the raw observations again and compares: links, facts, access as of the
 * second it was decided, and the chain of changes. Reads one consistent state of the database.
 */
export async function verify(
  database: Database,
  catalog: Catalog,
  progress: Progress = () => undefined,
  { passSize = 100_000 }: VerifyOptions = {},
): Promise<VerifyReport> {
  return database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read')
    const observations = await countSettled(tx)
    const passes = Math.max(1, Math.ceil(observations / passSize))
    const steps = observations * (passes + 1)
    let done = 0
    const differences: VerifyDifference[] = []
    const links = new DerivedLinks()
    for await (const page of readRouted(tx)) {
      for (const routed of page) links.add(routed)
      progress((done += page.length), steps)
    }
    differences.push(...(await compareLinks(tx, links)))
    let customers = 0
    const groups = await groupRoots(tx)
    for (let pass = 0; pass < passes; pass += 1) {
      const derived = new Map<string, Derived>()
      for await (const page of readRouted(tx)) {
        for (const { scope, snapshots } of page) {
          for (const { key, snapshot } of snapshots) {
            const root = links.rootOf(scope, key)
            if (groups.passOf(scope, root, passes) === pass)
              addDerived(derived, scope, root, key, snapshot)
          }
        }
        progress((done += page.length), steps)
      }
      differences.push(...(await compareFacts(tx, derived)))
      const compared = await compareCustomers(tx, catalog, derived)
      customers += compared.customers
      differences.push(...compared.differences)
    }
    const chain = await verifyChain(tx)
    differences.push(...chain.differences)
    return { observations, customers, changes: chain.changes, differences }
  })
}

function addDerived(
  derived: Map<string, Derived>,
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

async function compareLinks(tx: Queryable, links: DerivedLinks): Promise<VerifyDifference[]> {
  const differences: VerifyDifference[] = []
  let after = { account: '', livemode: false, object: '' }
  let matched = 0
  for (;;) {
    const rows = await readLinkPage(tx, after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) break
    after = last
    for (const row of rows) {
      const parent = links.parentOf(row, row.object)
      if (parent !== null) matched += 1
      if (parent === row.parent) continue
      differences.push({
        kind: 'links',
        subject: row.object,
        message: `${row.object} hangs under ${row.parent ?? 'nothing'}; its observations say ${parent ?? 'nothing'}`,
      })
    }
  }
  if (matched < links.size) {
    differences.push({
      kind: 'links',
      subject: 'links',
      message: `${links.size - matched} links that the observations tell of are not stored`,
    })
  }
  return differences
}

/** Roots that share an app customer are verified in one pass, since they are decided together. */
async function groupRoots(tx: Queryable) {
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

async function compareFacts(
  tx: Queryable,
  derived: ReadonlyMap<string, Derived>,
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

async function compareCustomers(
  tx: Queryable,
  catalog: Catalog,
  derived: ReadonlyMap<string, Derived>,
): Promise<{ customers: number; differences: VerifyDifference[] }> {
  const differences: VerifyDifference[] = []
  const roots = [...derived.values()].map(({ scope, root }) => ({ ...scope, root }))
  const held = new Map<string, Scope & { customer: string }>()
  for (let from = 0; from < roots.length; from += PAGE) {
    for (const { account, livemode, customer } of await readCustomersOfRoots(
      tx,
      roots.slice(from, from + PAGE),
    )) {
      held.set(scopedKey({ account, livemode }, customer), { account, livemode, customer })
    }
  }
  const keys = [...held.values()]
  const rootsOf = new Map<string, string[]>()
  for (const row of keys.length === 0 ? [] : await readRootsOfCustomers(tx, keys)) {
    const key = scopedKey(row, row.customer)
    rootsOf.set(key, [...(rootsOf.get(key) ?? []), row.root])
  }
  differences.push(...unknownOwners(catalog, derived, rootsOf))
  for await (const row of customerRows(tx)) {
    const key = scopedKey(row, row.id)
    if (!held.has(key)) continue
    differences.push(...compareCustomer(row, catalog, derived, rootsOf.get(key) ?? []))
  }
  return { customers: keys.length, differences }
}

function unknownOwners(
  catalog: Catalog,
  derived: ReadonlyMap<string, Derived>,
  rootsOf: ReadonlyMap<string, string[]>,
): VerifyDifference[] {
  const differences: VerifyDifference[] = []
  for (const { scope, root, objects } of derived.values()) {
    const { owners } = findSources(buildFacts([...objects.values()].flat()), catalog, 0)
    for (const owner of owners) {
      if (rootsOf.get(scopedKey(scope, owner))?.includes(root)) continue
      differences.push({
        kind: 'access',
        subject: owner,
        message: `${owner} owns what hangs under ${root}, which is not recorded`,
      })
    }
  }
  return differences
}

function compareCustomer(
  row: CustomerRow,
  catalog: Catalog,
  derived: ReadonlyMap<string, Derived>,
  roots: readonly string[],
): VerifyDifference[] {
  // A verdict of an earlier catalog or earlier rules is due to be made anew: nothing to compare yet.
  const isDue = row.catalog !== catalog.fingerprint || row.rules !== RULES_VERSION
  if (isDue || row.decided_at === null) return []
  const snapshots = [...roots, ...row.test_clocks].flatMap((root) =>
    [...(derived.get(scopedKey(row, root))?.objects.values() ?? [])].flat(),
  )
  const { decision } = reachVerdict({
    row,
    facts: buildFacts(snapshots),
    catalog,
    now: Number(row.decided_at),
    hold: asHold(row.hold),
    cause: 'rebuild',
    observations: [],
  })
  const differences: VerifyDifference[] = []
  const access = row.access as Record<string, FeatureAccess>
  for (const feature of new Set([...Object.keys(access), ...Object.keys(decision.features)])) {
    const stored = access[feature] ?? NOTHING
    const expected = decision.features[feature] ?? NOTHING
    if (isSameAccess(stored, expected)) continue
    differences.push({
      kind: 'access',
      subject: `${row.id}/${feature}`,
      message: `stored ${show(stored)}, derived ${show(expected)}`,
    })
  }
  return differences
}

function show({ state, value, until }: FeatureAccess): string {
  return `${state} ${JSON.stringify(value)} until ${until ?? 'further notice'}`
}

async function* customerRows(tx: Queryable): AsyncGenerator<CustomerRow> {
  let after = { account: '', livemode: false, customer: '' }
  for (;;) {
    const rows = await readCustomerPage(tx, after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) return
    after = { account: last.account, livemode: last.livemode, customer: last.id }
    yield* rows
  }
}
