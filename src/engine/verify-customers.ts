import type { Catalog } from '../core/compile-catalog.ts'
import { RULES_VERSION } from '../core/decide.ts'
import type { FeatureAccess } from '../core/decision.ts'
import type { Scope } from '../core/fact.ts'
import { buildFacts } from '../core/facts.ts'
import { findSources } from '../core/sources.ts'
import type { Queryable } from '../store/database.ts'
import { readCustomersOfRoots, readRootsOfCustomers } from '../store/statements/customer-roots.ts'
import { readCustomerPage, type CustomerRow } from '../store/statements/customers.ts'
import type { DerivedRoots } from './derived-root.ts'
import type { VerifyDifference } from './engine.ts'
import { asHold } from './hold-setting.ts'
import { scopedKey } from './settle/keys.ts'
import { isSameAccess, NOTHING, reachVerdict } from './settle/verdict.ts'

const PAGE = 500

/** Compares who owns these roots, and what they may use, with what the observations give. */
export async function verifyCustomers(
  tx: Queryable,
  catalog: Catalog,
  derived: DerivedRoots,
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
  derived: DerivedRoots,
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
  derived: DerivedRoots,
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
