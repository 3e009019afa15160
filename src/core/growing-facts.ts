import { compareText } from './canonical.ts'
import type { AnySnapshot } from './fact.ts'
import { buildFacts, type Facts } from './facts.ts'

/**
 * `buildFacts` of a set that grows: only objects that something new is told of are folded again, so
 * a story of years is told in the time of its events and not of their square.
 */
export class GrowingFacts {
  readonly #objects = new Map<string, AnySnapshot[]>()
  #facts = buildFacts([])

  /** The facts of all that was added so far. What was handed out before stays as it was. */
  add(snapshots: readonly AnySnapshot[]): Facts {
    const sets = this.#setsWith(snapshots)
    for (const [name, set] of sets) this.#objects.set(name, set)
    this.#facts = overlaid(this.#facts, [...sets.values()])
    return this.#facts
  }

  /** The facts as they would be with these as well, which are not kept. */
  supposing(snapshots: readonly AnySnapshot[]): Facts {
    return overlaid(this.#facts, [...this.#setsWith(snapshots).values()])
  }

  #setsWith(snapshots: readonly AnySnapshot[]): Map<string, AnySnapshot[]> {
    const sets = new Map<string, AnySnapshot[]>()
    for (const snapshot of snapshots) {
      const name = `${snapshot.type}\n${snapshot.object}`
      const set = sets.get(name) ?? [...(this.#objects.get(name) ?? [])]
      set.push(snapshot)
      sets.set(name, set)
    }
    return sets
  }
}

/** An object may be no part of the facts any more: what it is told of lately is of no known status. */
function overlaid(facts: Facts, sets: readonly AnySnapshot[][]): Facts {
  const fresh = buildFacts(sets.flat())
  const told = new Set(sets.flatMap(([first]) => first?.object ?? []))
  const missing = new Set([...[...facts.missing].filter((id) => !told.has(id)), ...fresh.missing])
  const unknown = [...facts.unknown.filter(({ id }) => !told.has(id)), ...fresh.unknown]
  return {
    customers: merged(facts.customers, fresh.customers),
    sessions: merged(facts.sessions, fresh.sessions),
    subscriptions: merged(facts.subscriptions, fresh.subscriptions),
    invoices: merged(facts.invoices, fresh.invoices),
    invoicePayments: merged(facts.invoicePayments, fresh.invoicePayments),
    paymentIntents: merged(facts.paymentIntents, fresh.paymentIntents),
    charges: merged(facts.charges, fresh.charges),
    refunds: merged(facts.refunds, fresh.refunds),
    disputes: merged(facts.disputes, fresh.disputes),
    setupIntents: merged(facts.setupIntents, fresh.setupIntents),
    entitlements: merged(facts.entitlements, fresh.entitlements),
    testClocks: merged(facts.testClocks, fresh.testClocks),
    manualGrants: merged(facts.manualGrants, fresh.manualGrants),
    missing,
    unknown,
  }
}

/** In the order of ids, as `buildFacts` has them. */
function merged<V>(known: Map<string, V>, fresh: Map<string, V>): Map<string, V> {
  if (fresh.size === 0) return known
  return new Map([...new Map([...known, ...fresh])].sort(([a], [b]) => compareText(a, b)))
}
