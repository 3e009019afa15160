import type { Catalog } from '../core/compile-catalog.ts'
import { decide } from '../core/decide.ts'
import { explain, type Story } from '../core/explain.ts'
import { buildFacts, unite } from '../core/facts.ts'
import type { AnySnapshot, Scope } from '../core/fact.ts'
import type { Database } from '../store/database.ts'
import { readRootsOfCustomers } from '../store/statements/customer-roots.ts'
import type { RootKey } from '../store/statements/facts.ts'
import { findObservations, isSettled } from '../store/statements/pending.ts'
import type { HoldReader } from './hold-setting.ts'
import { FactStore } from './settle/fact-store.ts'
import { routeObservation } from './settle/routed.ts'

export interface Explainer {
  story(customer: string, scope: Scope, feature: string | null, at: number | null): Promise<Story>
  snapshots(customer: string, scope: Scope): Promise<AnySnapshot[]>
}

export interface ExplainerOptions {
  database: Database
  catalog: Catalog
  /** Unix seconds. */
  now: () => Promise<number>
  readHold: HoldReader
}

/**
 * Tells a customer's story from the facts, as of any second: only what had been received by then
 * counts, judged at that second (law 3).
 */
export function createExplainer(options: ExplainerOptions): Explainer {
  const { database, catalog, now, readHold } = options

  async function load(customer: string, scope: Scope) {
    const store = new FactStore(database)
    const rows = await readRootsOfCustomers(database, [{ ...scope, customer }])
    const roots: RootKey[] = rows.map(({ account, livemode, root }) => ({
      account,
      livemode,
      root,
    }))
    await store.load(roots)
    const clocks = new Set<string>()
    const facts = store.facts(roots)
    for (const { state } of facts.customers.values())
      if (state.testClock) clocks.add(state.testClock)
    for (const { state } of facts.subscriptions.values()) {
      if (state.testClock) clocks.add(state.testClock)
    }
    const clockRoots = [...clocks].map((root) => ({ ...scope, root }))
    await store.load(clockRoots)
    const all = [...roots, ...clockRoots]
    return { snapshots: store.snapshots(all), compacted: store.compacted(all) }
  }

  return {
    snapshots: async (customer, scope) => (await load(customer, scope)).snapshots,
    async story(customer, scope, feature, at) {
      const loaded = await load(customer, scope)
      const second = at ?? (await now())
      const known = at === null ? loaded.snapshots : await knownBy(database, scope, loaded, at)
      const decision = decide({
        facts: buildFacts(known),
        customer,
        catalog,
        now: second,
        hold: at === null ? await readHold(database, second) : null,
      })
      return explain(decision, known, feature)
    },
  }
}

/**
 * What was known by `at`: read again from the raw rows received until then, so that what has been
 * compacted since counts too, and an event that came in two shapes counts in those it had by then.
 */
async function knownBy(
  database: Database,
  scope: Scope,
  { snapshots, compacted }: { snapshots: readonly AnySnapshot[]; compacted: readonly string[] },
  at: number,
): Promise<AnySnapshot[]> {
  const ids = new Set([...snapshots.map(({ observation }) => observation), ...compacted])
  const own = new Set(snapshots.map(({ type, object }) => `${type} ${object}`))
  const rows = await findObservations(database, [...ids])
  return unite(
    rows
      .filter(({ account, livemode }) => account === scope.account && livemode === scope.livemode)
      .filter((row) => isSettled(row) && Number(row.received_at) <= at)
      .flatMap((row) => routeObservation(row).snapshots.map(({ snapshot }) => snapshot))
      .filter(({ type, object }) => own.has(`${type} ${object}`)),
  )
}
