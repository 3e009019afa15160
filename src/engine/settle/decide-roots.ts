import type { Catalog } from '../../core/compile-catalog.ts'
import { RULES_VERSION } from '../../core/decide.ts'
import { findSources } from '../../core/sources.ts'
import type { Facts } from '../../core/facts.ts'
import type { Hold } from '../../core/hold.ts'
import type { Queryable } from '../../store/database.ts'
import {
  addCustomerRoots,
  readCustomersOfRoots,
  readRootsOfCustomers,
  removeCustomerRoots,
  type CustomerRoot,
} from '../../store/statements/customer-roots.ts'
import {
  insertCustomers,
  lockCustomers,
  type CustomerKey,
  type CustomerRow,
} from '../../store/statements/customers.ts'
import type { RootKey } from '../../store/statements/facts.ts'
import type { ClaimedRoots } from './claim-roots.ts'
import type { FactStore } from './fact-store.ts'
import { compareScoped, scopedKey } from './keys.ts'
import { tendNeeds } from './tend-needs.ts'
import { reachVerdict, type NewChange, type Verdict } from './verdict.ts'
import { writeVerdicts } from './write-verdicts.ts'

export interface DecideRootsOptions {
  tx: Queryable
  store: FactStore
  claimed: Pick<ClaimedRoots, 'roots' | 'moved'>
  catalog: Catalog
  now: number
  hold: Hold | null
  /** What each root was touched by: observation ids by scoped root key. */
  touched: ReadonlyMap<string, { id: string; cause: string }[]>
  /** Cause where no observation touched the customer. */
  defaultCause: string
  /** Customers to decide although no root of theirs is held (they may have none left). */
  also?: readonly CustomerKey[]
}

export interface DecidedRoots {
  verdicts: Verdict[]
  /** To be published by the caller, as the last act of its transaction. */
  changes: NewChange[]
}

/** Decides everyone the held roots speak of and writes their verdicts. */
export async function decideRoots(
  options: DecideRootsOptions,
  onVerdicts?: (verdicts: Verdict[]) => Promise<Verdict[]>,
): Promise<DecidedRoots> {
  const { tx, store, catalog, hold, now } = options
  const ownership = await findOwnership(options)
  const rows = await holdCustomers(tx, ownership)
  await tendOwnership(tx, ownership)
  const rootsOf = await readRoots(tx, ownership)
  await store.load([...rootsOf.values()].flat())
  const clocks = await loadTestClocks(store, [...rootsOf.values()].flat())
  let verdicts = rows.map((row) => {
    const key = scopedKey(row, row.id)
    const roots = rootsOf.get(key) ?? []
    const clockRoots = clocks.filter((clock) => scopedKey(clock, '') === scopedKey(row, ''))
    const facts = store.facts(roots, store.snapshots(clockRoots))
    row.test_clocks = testClocksOf(facts)
    const touches = [...roots.map(({ root }) => root), ...row.test_clocks].flatMap(
      (root) => options.touched.get(scopedKey(row, root)) ?? [],
    )
    return reachVerdict({
      row,
      facts,
      catalog,
      now,
      hold,
      cause: causeOf(options, row, ownership.lost.has(key), touches[0]?.cause),
      observations: [...new Set(touches.map(({ id }) => id))].slice(0, 50),
    })
  })
  if (onVerdicts !== undefined) verdicts = await onVerdicts(verdicts)
  await tendNeeds(tx, verdicts, options)
  await writeVerdicts(tx, verdicts, catalog, hold)
  return { verdicts, changes: verdicts.flatMap((verdict) => verdict.changes) }
}

function causeOf(
  { catalog, defaultCause }: DecideRootsOptions,
  row: CustomerRow,
  hasLostRoot: boolean,
  touch: string | undefined,
): string {
  if (hasLostRoot) return 'linked'
  if (touch !== undefined) return touch
  const isOutdated = row.rules !== RULES_VERSION || row.catalog !== catalog.fingerprint
  return defaultCause === 'clock' && isOutdated ? 'catalog' : defaultCause
}

interface Ownership {
  customers: CustomerKey[]
  added: CustomerRoot[]
  removed: CustomerRoot[]
  /** Customers who lost a root to another. */
  lost: Set<string>
}

async function findOwnership(options: DecideRootsOptions): Promise<Ownership> {
  const { tx, store, claimed, catalog, now, also = [] } = options
  const wanted = ownersOf(store, claimed.roots, catalog, now)
  const concerned: RootKey[] = [...claimed.roots, ...claimed.moved]
  const held = concerned.length === 0 ? [] : await readCustomersOfRoots(tx, concerned)
  const heldKeys = new Set(held.map(pairKey))
  const added = [...wanted.values()].filter((row) => !heldKeys.has(pairKey(row)))
  const removed = held.filter((row) => !wanted.has(pairKey(row)))
  const customers = new Map<string, CustomerKey>()
  for (const { account, livemode, customer } of [...wanted.values(), ...held, ...also]) {
    const key = { account, livemode, customer }
    customers.set(scopedKey(key, customer), key)
  }
  return {
    customers: [...customers.values()].sort((a, b) =>
      compareScoped({ ...a, name: a.customer }, { ...b, name: b.customer }),
    ),
    added,
    removed,
    lost: new Set(removed.map((row) => scopedKey(row, row.customer))),
  }
}

/** Which app customers the facts below each root speak of. */
export function ownersOf(
  store: FactStore,
  roots: readonly RootKey[],
  catalog: Catalog,
  now: number,
): Map<string, CustomerRoot> {
  const owners = new Map<string, CustomerRoot>()
  for (const root of roots) {
    for (const customer of findSources(store.facts([root]), catalog, now).owners) {
      if (!isStorable(customer)) continue
      const row = { account: root.account, livemode: root.livemode, customer, root: root.root }
      owners.set(pairKey(row), row)
    }
  }
  return owners
}

/**
 * Newcomers are inserted before anything of a customer is locked. Whoever then waits for a lock holds
 * only what sorts before it, and whoever waits for another's insert holds no lock of this kind yet:
 * no two transactions wait in a circle.
 */
async function holdCustomers(tx: Queryable, ownership: Ownership): Promise<CustomerRow[]> {
  const { customers, added } = ownership
  if (customers.length === 0) return []
  const named = new Set(added.map((row) => scopedKey(row, row.customer)))
  const newcomers = customers.filter((key) => named.has(scopedKey(key, key.customer)))
  if (newcomers.length > 0) await insertCustomers(tx, newcomers)
  return lockCustomers(tx, customers)
}

async function tendOwnership(tx: Queryable, { added, removed }: Ownership): Promise<void> {
  if (removed.length > 0) await removeCustomerRoots(tx, removed)
  if (added.length > 0) await addCustomerRoots(tx, added)
}

/** Read after the customers are locked, so that what others committed meanwhile is seen. */
async function readRoots(tx: Queryable, { customers }: Ownership): Promise<Map<string, RootKey[]>> {
  const roots = new Map<string, RootKey[]>()
  if (customers.length === 0) return roots
  for (const row of await readRootsOfCustomers(tx, customers)) {
    const key = scopedKey(row, row.customer)
    const { account, livemode, root } = row
    roots.set(key, [...(roots.get(key) ?? []), { account, livemode, root }])
  }
  for (const list of roots.values()) list.sort((a, b) => (a.root < b.root ? -1 : 1))
  return roots
}

/** Test clocks are filed under their own id and shared by the customers on them. */
async function loadTestClocks(store: FactStore, roots: readonly RootKey[]): Promise<RootKey[]> {
  const clocks = new Map<string, RootKey>()
  for (const root of roots) {
    for (const clock of testClocksOf(store.facts([root]))) {
      const key = { account: root.account, livemode: root.livemode, root: clock }
      clocks.set(scopedKey(key, clock), key)
    }
  }
  await store.load([...clocks.values()])
  return [...clocks.values()]
}

function testClocksOf(facts: Facts): string[] {
  const clocks = new Set<string>()
  for (const { state } of facts.customers.values()) if (state.testClock) clocks.add(state.testClock)
  for (const { state } of facts.subscriptions.values()) {
    if (state.testClock) clocks.add(state.testClock)
  }
  return [...clocks].sort()
}

function pairKey(row: CustomerRoot): string {
  return scopedKey(row, `${row.customer}\n${row.root}`)
}

/** Identity is checked in the core; what is left cannot be stored as text at all. */
function isStorable(customer: string): boolean {
  return !customer.includes('\u0000')
}
