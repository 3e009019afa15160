import type { Catalog } from './compile-catalog.ts'
import { byName } from './by-name.ts'
import { canonical, compareText } from './canonical.ts'
import {
  ALLOWED_STATES,
  type Alert,
  type Decision,
  type FeatureAccess,
  type Grant,
  type Need,
} from './decision.ts'
import type { Facts } from './facts.ts'
import { grantUsage } from './grant-usage.ts'
import { applyHold, type Held, type Hold } from './hold.ts'
import { findSources } from './sources.ts'
import type { Source } from './source.ts'
import { plainValue, productValue, unite } from './unite.ts'

/** Raised whenever the same facts may be decided otherwise: stored verdicts are then made anew. */
export const RULES_VERSION = 5

export interface DecideOptions {
  facts: Facts
  /** Whose access; sources of other app customers among the facts are left aside. */
  customer: string
  catalog: Catalog
  /** Unix seconds. */
  now: number
  /** Losses by the clock alone wait while this holds. */
  hold?: Hold | null
}

/**
 * The verdict: pure and total. The same facts, catalog and second give the same answer, whatever
 * order or number of times they came in (laws 2 and 3).
 */
export function decide({ facts, customer, catalog, now, hold = null }: DecideOptions): Decision {
  const found = findSources(facts, catalog, now)
  const sources = found.sources.filter(({ owner }) => owner === customer)
  const times: (number | null)[] = []
  const grants: Grant[] = []
  for (const source of sources) {
    const frozenAt = source.frozenAt ?? null
    if (frozenAt !== null) {
      // Only the test clock's next event moves it on: our own clock neither wakes nor ends it.
      const frozen = applyHold(source.segments, null, frozenAt)
      grants.push(...grantsOf(source, { ...frozen, until: null }, catalog, frozenAt))
      continue
    }
    const held = applyHold(source.segments, hold, now)
    times.push(held.changesAt, source.lookAgainAt ?? null)
    grants.push(...grantsOf(source, held, catalog, now))
  }
  // That Stripe knows no such object is an answer: asking again brings no other.
  const needs = sources
    .flatMap((source) => source.needs)
    .filter(({ object }) => !facts.missing.has(object))
  const wakes = times.filter((time) => time !== null && time > now)
  return {
    rules: RULES_VERSION,
    customer,
    at: now,
    grants: grants.sort(
      (a, b) => compareText(a.feature, b.feature) || compareText(a.source, b.source),
    ),
    features: featuresOf(grants, catalog),
    paymentMethodOnFile: hasPaymentMethod(facts, found.customersOf(customer)),
    needs: distinct<Need>(needs),
    alerts: distinct<Alert>([
      ...sources.flatMap((source) => source.alerts),
      ...found.alertsOf(customer),
    ]),
    wakeAt: wakes.length === 0 ? null : Math.min(...(wakes as number[])),
  }
}

function grantsOf(
  source: Source,
  { state, until, reason, isWaiting }: Held,
  catalog: Catalog,
  now: number,
): Grant[] {
  const { gives, frozenAt = null } = source
  const isAllowed = ALLOWED_STATES.has(state)
  const values =
    gives.kind === 'product'
      ? [...gives.product.grants].map(
          ([feature, definition]) => [feature, productValue(definition, gives.quantity)] as const,
        )
      : [...gives.values]
  return values.flatMap(([feature, value]) => {
    const definition = catalog.features.get(feature)
    if (definition === undefined) return []
    const own = value === undefined ? plainValue(definition) : value
    return {
      feature,
      source: source.id,
      kind: source.kind,
      product: gives.kind === 'product' ? gives.product.id : null,
      state,
      value: isWaiting === true && own !== true ? 0 : own,
      until: isAllowed ? until : null,
      reasons: [reason],
      usage: grantUsage({
        name: feature,
        feature: definition,
        source,
        definition: gives.kind === 'product' ? gives.product.grants.get(feature) : undefined,
        frozenAt,
        now,
      }),
    }
  })
}

function featuresOf(grants: readonly Grant[], catalog: Catalog): Record<string, FeatureAccess> {
  const features = byName<FeatureAccess>()
  for (const [name, feature] of catalog.features) features[name] = unite(name, feature, grants)
  return features
}

function hasPaymentMethod(facts: Facts, customers: readonly string[]): boolean {
  return customers.some((id) => {
    const customer = facts.customers.get(id)
    if (customer?.state.deleted === true) return false
    const isSetUp = [...facts.setupIntents.values()].some(
      ({ state }) =>
        state.customer === id && state.status === 'succeeded' && state.hasPaymentMethod,
    )
    return isSetUp || customer?.state.paymentMethodOnFile === true
  })
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [canonical(value), value]))]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, value]) => value)
}
