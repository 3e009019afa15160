import type { Catalog } from '../core/compile-catalog.ts'
import type { Scope } from '../core/fact.ts'
import type { Access, CheckAnswer, CheckQuestion } from './engine.ts'
import { unknownFeature } from './manual-acts.ts'

/** Answers whether one feature may be used, and as much of it as is asked for. */
export function createAccessCheck(
  catalog: Catalog,
  readAccess: (customer: string, scope: Partial<Scope>) => Promise<Access>,
) {
  return async function check(question: CheckQuestion): Promise<CheckAnswer> {
    const { customer, feature, quantity = 1, ...scope } = question
    const definition = catalog.features.get(feature)
    if (definition === undefined) throw unknownFeature(catalog, feature)
    const access = await readAccess(customer, scope)
    const found = access.features[feature]
    if (found === undefined) throw unknownFeature(catalog, feature)
    const isEnough =
      definition.type !== 'quantity' || typeof found.value !== 'number' || found.value >= quantity
    return {
      ...found,
      allowed: found.allowed && isEnough,
      customer: access.customer,
      feature,
      asOf: access.asOf,
    }
  }
}
