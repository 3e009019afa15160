import type { Catalog } from '../core/compile-catalog.ts'
import { decide } from '../core/decide.ts'
import { explain, type Story } from '../core/explain.ts'
import { buildFacts, unite } from '../core/facts.ts'
import type { AnySnapshot, Scope } from '../core/fact.ts'
import type { Database } from '../store/database.ts'
import { readRootsOfCustomers } from '../store/statements/customer-roots.ts'
import type { RootKey } from '../store/statements/facts.ts'
import { findObservations } from '../store/statements/pending.ts'
import { readHold } from './hold-setting.ts'
import { FactStore } from './settle/fact-store.ts'
import { routeObservation } from './settle/routed.ts'

export interface Explainer {
  story(customer: string, scope: Scope, feature: string | null, at: number | null): Promise<Story>
  snapshots(customer: string, scope: Scope): Promise<AnySnapshot[]>
}

/**
 * Tells a customer's story from the facts, as of any second: only what had been received by then
 * counts, judged at that second (law 3).
 */
export function createExplainer(
  database: Database,
  catalog: Catalog,
  now: () => Promise<number>,
): Explainer {
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
      const { snapshots, compacted } = await load(customer, scope)
      const second = at ?? (await now())
      const known = at === null ? snapshots : await knownBy(database, snapshots, compacted, at)
      const decision = decide({
        facts: buildFacts(known),
        customer,
        catalog,
        now: second,
        hold: at === null ? await readHold(database) : null,
      })
      return explain(decision, known, feature)
    },
  }
}

/** Snapshots whose observation had been received by `at`, those compacted since included. */
async function knownBy(
  database: Database,
  snapshots: readonly AnySnapshot[],
  compacted: readonly string[],
  at: number,
): Promise<AnySnapshot[]> {
  const ids = [...new Set([...snapshots.map(({ observation }) => observation), ...compacted])]
  const rows = await findObservations(database, ids)
  const received = new Set<string>()
  for (const row of rows) if (Number(row.received_at) <= at) received.add(row.id)
  const dropped = new Set(compacted)
  const restored = rows
    .filter((row) => dropped.has(row.id) && received.has(row.id))
    .flatMap((row) => routeObservation(row).snapshots.map(({ snapshot }) => snapshot))
  const own = new Set(snapshots.map(({ type, object }) => `${type} ${object}`))
  return unite([
    ...snapshots.filter(({ observation }) => received.has(observation)),
    ...restored.filter(({ type, object }) => own.has(`${type} ${object}`)),
  ])
}
