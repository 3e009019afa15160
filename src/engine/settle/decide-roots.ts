import type { Catalog } from '../../core/compile-catalog.ts'
import { RULES_VERSION } from '../../core/decide.ts'
import { CATALOG_KEY } from '../../core/route.ts'
import { findSources } from '../../core/sources.ts'
import type { Need } from '../../core/decision.ts'
import type { Facts } from '../../core/facts.ts'
import type { Scope } from '../../core/fact.ts'
import type { Hold } from '../../core/hold.ts'
import type { Queryable } from '../../store/database.ts'
import { appendChanges, takePositions } from '../../store/statements/changes.ts'
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
  writeCustomers,
  type CustomerKey,
  type CustomerRow,
} from '../../store/statements/customers.ts'
import type { RootKey } from '../../store/statements/facts.ts'
import { raiseNeeds, withdrawNeeds } from '../../store/statements/needs.ts'
import type { ClaimedRoots } from './claim-roots.ts'
import type { FactStore } from './fact-store.ts'
import { compareScoped, scopedKey } from './keys.ts'
import { reachVerdict, storedRow, type Verdict } from './verdict.ts'

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
  /** Position of the last change written, or null. */
  position: number | null
}

type ScopedNeed = Scope & Need

/** Seconds before a question is put to Stripe: most are answered by an event already on its way. */
const NEED_DELAY = 60
/** Seconds a refund, dispute or join may wait for what it refers to before Stripe is asked. */
const UNROUTED_DELAY = 600

/** Decides everyone the held roots speak of and writes grants and changes in the same transaction. */
export async function decideRoots(
  options: DecideRootsOptions,
  onVerdicts?: (verdicts: Verdict[]) => Promise<Verdict[]>,
): Promise<DecidedRoots> {
  const { tx, store, catalog, hold, now } = options
  const ownership = await findOwnership(options)
  const rows = await holdCustomers(tx, ownership.customers)
  await tendOwnership(tx, ownership)
  const rootsOf = await readRoots(tx, ownership)
  await store.load([...rootsOf.values()].flat())
  const clocks = await loadTestClocks(store, [...rootsOf.values()].flat())
  let verdicts = rows.map((row) => {
    const key = scopedKey(row, row.id)
    const roots = rootsOf.get(key) ?? []
    const touches = roots.flatMap((root) => options.touched.get(scopedKey(root, root.root)) ?? [])
    const clockRoots = clocks.filter((clock) => scopedKey(clock, '') === scopedKey(row, ''))
    const facts = store.facts(roots, store.snapshots(clockRoots))
    row.test_clocks = testClocksOf(facts)
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
  return writeVerdicts(tx, verdicts, catalog, hold)
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
    if (root.root === CATALOG_KEY) continue
    for (const customer of findSources(store.facts([root]), catalog, now).owners) {
      if (!isStorable(customer)) continue
      const row = { account: root.account, livemode: root.livemode, customer, root: root.root }
      owners.set(pairKey(row), row)
    }
  }
  return owners
}

async function holdCustomers(tx: Queryable, keys: readonly CustomerKey[]): Promise<CustomerRow[]> {
  if (keys.length === 0) return []
  const rows = await lockCustomers(tx, keys)
  if (rows.length === keys.length) return rows
  // A newcomer. Inserting can wait for another process's insert but, coming before any of our own
  // customer locks would matter to it in sorted order, never in a circle: roots are held already.
  const known = new Set(rows.map((row) => scopedKey(row, row.id)))
  await insertCustomers(
    tx,
    keys.filter((key) => !known.has(scopedKey(key, key.customer))),
  )
  return lockCustomers(tx, keys)
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

async function writeVerdicts(
  tx: Queryable,
  verdicts: readonly Verdict[],
  catalog: Catalog,
  hold: Hold | null,
): Promise<DecidedRoots> {
  const changes = verdicts.flatMap((verdict) => verdict.changes)
  if (verdicts.length > 0) {
    await writeCustomers(
      tx,
      verdicts.map((verdict) => storedRow(verdict, catalog, hold)),
    )
  }
  if (changes.length === 0) return { verdicts: [...verdicts], position: null }
  const first = await takePositions(tx, changes.length)
  await appendChanges(
    tx,
    changes.map((change, index) => ({ ...change, position: first + index + 1 })),
  )
  return { verdicts: [...verdicts], position: first + changes.length }
}

/** Raises what the verdicts need to know and takes back what they no longer do. */
async function tendNeeds(
  tx: Queryable,
  verdicts: readonly Verdict[],
  { store, claimed }: DecideRootsOptions,
): Promise<void> {
  const scoped = (row: CustomerRow, needs: readonly Need[]): ScopedNeed[] =>
    needs.map((need) => ({ account: row.account, livemode: row.livemode, ...need }))
  const raised = verdicts.flatMap(({ row, decision }) => scoped(row, decision.needs))
  const unrouted = claimed.roots.flatMap((root) => unroutedNeed(store, root) ?? [])
  const wanted = new Set([...raised, ...unrouted].map(needKey))
  const adopted = claimed.moved.flatMap(({ account, livemode, root }) => {
    const type = typeOfRoot(root)
    return type === null ? [] : { account, livemode, type, object: root, reason: '' }
  })
  const withdrawn = [...verdicts.flatMap(({ row }) => scoped(row, row.needs as Need[])), ...adopted]
  const unwanted = withdrawn.filter((need) => !wanted.has(needKey(need)))
  if (unwanted.length > 0) await withdrawNeeds(tx, unwanted)
  if (raised.length > 0) await raiseNeeds(tx, raised, { delaySeconds: NEED_DELAY })
  if (unrouted.length > 0) await raiseNeeds(tx, unrouted, { delaySeconds: UNROUTED_DELAY })
}

/** What only refers to an object nobody has told of: that object names whose it is. */
function unroutedNeed(store: FactStore, root: RootKey): ScopedNeed | null {
  const type = typeOfRoot(root.root)
  if (type === null) return null
  const snapshots = store.snapshots([root])
  const isWaiting = snapshots.some((snapshot) => REFERRING.has(snapshot.type))
  if (!isWaiting || snapshots.some(({ object }) => object === root.root)) return null
  const { account, livemode } = root
  return { account, livemode, type, object: root.root, reason: 'what refers to it waits for it' }
}

const REFERRING: ReadonlySet<string> = new Set(['refund', 'dispute', 'invoice_payment'])

function typeOfRoot(root: string): Need['type'] | null {
  if (root.startsWith('ch_') || root.startsWith('py_')) return 'charge'
  if (root.startsWith('pi_')) return 'payment_intent'
  return root.startsWith('in_') ? 'invoice' : null
}

function needKey({ account, livemode, type, object }: ScopedNeed): string {
  return scopedKey({ account, livemode }, `${type} ${object}`)
}

function pairKey(row: CustomerRoot): string {
  return scopedKey(row, `${row.customer}\n${row.root}`)
}

/** Identity is checked in the core; what is left cannot be stored as text at all. */
function isStorable(customer: string): boolean {
  return !customer.includes('\u0000')
}
