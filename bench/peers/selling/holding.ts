import type { CatalogDefinition, GrantDefinition } from '../../../src/core/catalog.ts'
import type { Answer, Setting } from '../../../test/gauntlet/live/contestant.ts'
import { productOf, type Bought } from './product-of.ts'

/** Something a customer may use at this moment, by what a peer advises. */
export interface Holding extends Bought {
  readonly customer: string
  /** Second from which it no longer counts by itself; null: only a delivery changes it. */
  readonly until: number | null
}

type Value = number | true | null

/**
 * What an app that sells by the catalog would answer of what its customers hold: several of one
 * feature are united as the catalog says, so that no peer is marked down for the app around it.
 */
export function answersFor(setting: Setting, holdings: readonly Holding[]): Answer[] {
  const answers = new Map<string, Answer & { value: Value }>()
  for (const holding of holdings) {
    const grants = Object.entries(productOf(setting, holding)?.grants ?? {})
    for (const [feature, grant] of grants) {
      if (grant === undefined) continue
      const key = JSON.stringify([holding.customer, feature])
      const value = valueOf(grant, holding.quantity)
      const before = answers.get(key)
      answers.set(key, {
        customer: holding.customer,
        feature,
        allowed: true,
        value: before === undefined ? value : united(setting.catalog, feature, before.value, value),
        until: before === undefined ? holding.until : later(before.until, holding.until),
      })
    }
  }
  return [...answers.values()]
}

function valueOf(grant: GrantDefinition, quantity: number | null): Value {
  if (grant === true || typeof grant === 'number') return grant
  const bought = quantity ?? 1
  if (grant === 'quantity') return bought
  const amount = 'limit' in grant ? grant.limit : grant.amount
  return amount === null ? null : grant.per === 'quantity' ? amount * bought : amount
}

function united(catalog: CatalogDefinition, feature: string, one: Value, other: Value): Value {
  if (typeof one !== 'number') return one
  if (typeof other !== 'number') return other
  return catalog.features[feature]?.combine === 'max' ? Math.max(one, other) : one + other
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other)
}
