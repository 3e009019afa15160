import type { Catalog } from '../core/compile-catalog.ts'
import type { Scope } from '../core/fact.ts'
import type { Access, CheckAnswer, CheckQuestion } from './engine.ts'
import { unknownFeature } from './manual-acts.ts'
import type { UsageReader } from './usage/read-usage.ts'

/** Answers whether one feature may be used, and as much of it as is asked for. */
export function createAccessCheck(
  catalog: Catalog,
  readAccess: (customer: string, scope: Partial<Scope>) => Promise<Access>,
  usage: Pick<UsageReader, 'check'>,
) {
  return async function check(question: CheckQuestion): Promise<CheckAnswer> {
    const { customer, feature, quantity = 1, ...scope } = question
    const definition = catalog.features.get(feature)
    if (definition === undefined) throw unknownFeature(catalog, feature)
    const access = await readAccess(customer, scope)
    const found = access.features[feature]
    if (found === undefined) throw unknownFeature(catalog, feature)
    const { account, livemode, asOf } = access
    const answer = { ...found, customer: access.customer, feature, asOf }
    switch (definition.type) {
      case 'flag':
        return answer
      case 'quantity': {
        const isEnough = typeof found.value !== 'number' || found.value >= quantity
        return { ...answer, allowed: found.allowed && isEnough }
      }
      case 'metered':
      case 'credits':
        return usage.check(answer, quantity, { account, livemode })
    }
  }
}
