import type { FeatureDefinition, GrantDefinition } from './catalog.ts'
import {
  ALLOWED_STATES,
  type FeatureAccess,
  type Grant,
  type GrantState,
  type GrantValue,
} from './decision.ts'

/** Which state of several sources speaks for the feature: the best of those allowed, else the most hopeful. */
const ORDER: readonly GrantState[] = [
  'active',
  'trial',
  'ending',
  'grace',
  'pending',
  'suspended',
  'ended',
  'none',
]

/** What a feature is worth when nothing grants it. */
export function emptyValue(feature: FeatureDefinition): GrantValue {
  return feature.type === 'flag' ? false : 0
}

/** What a product's definition is worth for one purchase of `quantity`. */
export function productValue(definition: GrantDefinition, quantity: number): GrantValue {
  if (definition === true) return true
  if (definition === 'quantity') return quantity
  if (typeof definition === 'number') return definition
  const times = definition.per === 'quantity' ? quantity : 1
  if ('limit' in definition) return definition.limit === null ? null : definition.limit * times
  return definition.amount * times
}

/** What a source that names only the feature gives of it. */
export function plainValue(feature: FeatureDefinition): GrantValue {
  switch (feature.type) {
    case 'flag':
      return true
    case 'quantity':
      return 1
    case 'metered':
      return null
    case 'credits':
      return 0
  }
}

/** The union of several sources: flags or, quantities by the catalog's rule, limits and credits add. */
export function unite(
  name: string,
  feature: FeatureDefinition,
  grants: readonly Grant[],
): FeatureAccess {
  const own = grants.filter((grant) => grant.feature === name)
  const allowed = own.filter(({ state }) => ALLOWED_STATES.has(state))
  const speakers = (allowed.length > 0 ? allowed : own).toSorted(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.source < b.source ? -1 : 1),
  )
  const first = speakers[0]
  if (first === undefined) {
    const reason = {
      code: 'no_source',
      message: 'Nothing bought or granted gives this feature.',
      events: [],
      objects: [],
    }
    return {
      allowed: false,
      state: 'none',
      value: emptyValue(feature),
      until: null,
      reasons: [reason],
    }
  }
  const isAllowed = allowed.length > 0
  return {
    allowed: isAllowed,
    state: first.state,
    value: isAllowed ? combine(feature, allowed) : emptyValue(feature),
    until: isAllowed ? latestEnd(allowed) : null,
    reasons: speakers.flatMap(({ reasons }) => reasons),
  }
}

function latestEnd(allowed: readonly Grant[]): number | null {
  let end = 0
  for (const { until } of allowed) {
    if (until === null) return null
    end = Math.max(end, until)
  }
  return end
}

function combine(feature: FeatureDefinition, allowed: readonly Grant[]): GrantValue {
  if (feature.type === 'flag') return true
  let total = 0
  for (const { value } of allowed) {
    if (value === null) return null
    const amount = typeof value === 'number' ? value : 0
    total = feature.combine === 'max' ? Math.max(total, amount) : total + amount
  }
  return total
}
