import type { Catalog } from '../core/compile-catalog.ts'
import { decide } from '../core/decide.ts'
import type { Decision } from '../core/decision.ts'
import { explain, type Story } from '../core/explain.ts'
import { buildFacts, unite, type Facts } from '../core/facts.ts'
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
  /** The verdict alone, as of now. */
  decision(customer: string, scope: Scope): Promise<Decision>
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
    return { snapshots: store.snapshots(all), compacted: store.compacted(all), facts }
  }

  /** Products lend a story their names. */
  async function loadProducts({ subscriptions, sessions, invoices }: Facts, scope: Scope) {
    const bought = [
      ...[...subscriptions.values()].flatMap(({ state }) => state.items),
      ...[...sessions.values()].flatMap(({ state }) => state.lineItems ?? []),
      ...[...invoices.values()].flatMap(({ state }) => state.lines),
    ]
    const roots = [...new Set(bought.flatMap(({ product }) => product ?? []))].map((root) => ({
      ...scope,
      root,
    }))
    const store = new FactStore(database)
    await store.load(roots)
    return store.snapshots(roots)
  }

  return {
    snapshots: async (customer, scope) => (await load(customer, scope)).snapshots,
    async decision(customer, scope) {
      const { snapshots } = await load(customer, scope)
      const second = await now()
      const hold = await readHold(database, second)
      return decide({ facts: buildFacts(snapshots), customer, catalog, now: second, hold })
    },
    async story(customer, scope, feature, at) {
      const loaded = await load(customer, scope)
      const second = at ?? (await now())
      const heard = await hear(database, scope, loaded, at)
      const hold = at === null ? await readHold(database, second) : null
      const known = at === null ? loaded.snapshots : heard.snapshots
      const decision = decide({ facts: buildFacts(known), customer, catalog, now: second, hold })
      return explain({
        decision,
        snapshots: [...heard.snapshots, ...(await loadProducts(loaded.facts, scope))],
        catalog,
        hold,
        feature,
        knownAt: knownLate(heard.receivedAt, second),
      })
    },
  }
}

/** Seconds by which an event is usually known; what took longer is told of when it came. */
const PROMPT = 15 * 60

/** An observation of a clock that runs ahead of ours (a sandbox) was not late. */
function knownLate(receivedAt: ReadonlyMap<string, number>, now: number): Map<string, number> {
  return new Map([...receivedAt].filter(([, at]) => at <= now))
}

/**
 * What was known by `at` (null: by now): read again from the raw rows received until then, so that
 * what has been compacted since is told too, and an event that came in two shapes counts in those it
 * had by then.
 */
async function hear(
  database: Database,
  scope: Scope,
  { snapshots, compacted }: { snapshots: readonly AnySnapshot[]; compacted: readonly string[] },
  at: number | null,
): Promise<{ snapshots: AnySnapshot[]; receivedAt: Map<string, number> }> {
  const ids = new Set([...snapshots.map(({ observation }) => observation), ...compacted])
  const own = new Set(snapshots.map(({ type, object }) => `${type} ${object}`))
  const rows = await findObservations(database, [...ids])
  const heard = rows
    .filter(({ account, livemode }) => account === scope.account && livemode === scope.livemode)
    .filter((row) => isSettled(row) && (at === null || Number(row.received_at) <= at))
  const receivedAt = new Map<string, number>()
  for (const row of heard) {
    const second = Math.floor(Number(row.received_at))
    const isLate = second > Number(row.created) + PROMPT
    if (isLate) receivedAt.set(row.id, Math.min(second, receivedAt.get(row.id) ?? second))
    else receivedAt.set(row.id, Number(row.created))
  }
  return {
    snapshots: unite(
      heard
        .flatMap((row) => routeObservation(row).snapshots.map(({ snapshot }) => snapshot))
        .filter(({ type, object }) => own.has(`${type} ${object}`)),
    ),
    receivedAt,
  }
}
