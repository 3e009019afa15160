import type { Catalog } from '../core/compile-catalog.ts'
import type { Hold } from '../core/hold.ts'
import type { Database, Queryable } from '../store/database.ts'
import { addCustomerRoots, deleteAllCustomerRoots } from '../store/statements/customer-roots.ts'
import {
  countCustomers,
  insertCustomers,
  readCustomerPage,
  wakeHeld,
  type CustomerKey,
} from '../store/statements/customers.ts'
import { deleteAllFacts, type RootKey } from '../store/statements/facts.ts'
import {
  deleteAllLinks,
  excludeSettle,
  readLinkPage,
  type LinkKey,
} from '../store/statements/links.ts'
import { countSettled, retrySetAside } from '../store/statements/pending.ts'
import { readRouted } from './derive.ts'
import type { Progress, RebuildReport } from './engine.ts'
import { claimRoots } from './settle/claim-roots.ts'
import { decideRoots, ownersOf } from './settle/decide-roots.ts'
import type { SettleContext } from './settle/settle-batch.ts'
import { FactStore } from './settle/fact-store.ts'
import { publish } from './settle/write-verdicts.ts'

const PAGE = 200

/**
 * Derives everything anew from the raw observations, in one transaction: readers see the access of
 * before until the commit, and every difference becomes an ordinary change. Needs no Stripe, since
 * API reads are observations too. Intake goes on meanwhile; settling waits. What had been set aside is
 * pending afterwards: it may settle now.
 */
export async function rebuild(
  database: Database,
  { catalog, now, readHold }: SettleContext,
  progress: Progress = () => undefined,
): Promise<RebuildReport> {
  return database.transaction(async (tx) => {
    await excludeSettle(tx)
    await retrySetAside(tx)
    const steps = (await countSettled(tx)) * 2
    await deleteAllCustomerRoots(tx)
    await deleteAllFacts(tx)
    await deleteAllLinks(tx)
    let observations = 0
    for await (const page of readRouted(tx)) {
      const withFacts = page.filter(({ snapshots }) => snapshots.length > 0)
      if (withFacts.length > 0) {
        const claimed = await claimRoots(tx, withFacts)
        const store = new FactStore(tx)
        await store.load(claimed.roots)
        store.add(withFacts, claimed.rootOf)
        await store.write()
      }
      progress((observations += page.length), steps)
    }
    const at = await now()
    const hold = await readHold(tx, at)
    const decided = await decideAll(tx, { catalog, at, hold }, (done, of) =>
      progress(observations + Math.floor((observations * done) / Math.max(1, of)), steps),
    )
    // Who ended the hold meanwhile has not seen these verdicts.
    if (hold !== null && (await readHold(tx, at)) === null) await wakeHeld(tx, at, at)
    progress(steps, steps)
    return { observations, ...decided }
  })
}

async function decideAll(
  tx: Queryable,
  { catalog, at, hold }: { catalog: Catalog; at: number; hold: Hold | null },
  progress: Progress,
): Promise<{ customers: number; changes: number }> {
  // Ownership first: a customer of several roots must never be decided from some of them.
  for await (const roots of rootPages(tx)) {
    const store = new FactStore(tx)
    await store.load(roots)
    const owners = [...ownersOf(store, roots, catalog, at).values()]
    if (owners.length === 0) continue
    await insertCustomers(tx, owners)
    await addCustomerRoots(tx, owners)
  }
  const total = await countCustomers(tx)
  let customers = 0
  let changes = 0
  let after: CustomerKey = { account: '', livemode: false, customer: '' }
  for (;;) {
    const rows = await readCustomerPage(tx, after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) return { customers, changes }
    after = { account: last.account, livemode: last.livemode, customer: last.id }
    const decided = await decideRoots({
      tx,
      store: new FactStore(tx),
      claimed: { roots: [], moved: [] },
      catalog,
      now: at,
      hold,
      touched: new Map(),
      defaultCause: 'rebuild',
      also: rows.map(({ account, livemode, id }) => ({ account, livemode, customer: id })),
    })
    await publish(tx, decided.changes)
    customers += rows.length
    changes += decided.changes.length
    progress(customers, total)
  }
}

async function* rootPages(tx: Queryable): AsyncGenerator<RootKey[]> {
  let after: LinkKey = { account: '', livemode: false, object: '' }
  for (;;) {
    const rows = await readLinkPage(tx, after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last
    yield rows
      .filter(({ parent }) => parent === null)
      .map(({ account, livemode, object }) => ({ account, livemode, root: object }))
  }
}
