import type {
  CatalogDefinition,
  FeatureDefinition,
  GrantDefinition,
} from '../../../src/core/catalog.ts'
import type { Due } from '../oracle-contract.ts'

/** What one source gives of one feature, or why it does not. */
export interface Share {
  readonly allowed: boolean
  readonly value: Due['value']
  readonly because: string
}

/** What a product's grant comes to for a quantity bought; null: none was counted. */
export function valueOf(grant: GrantDefinition, quantity: number | null): Due['value'] {
  if (typeof grant !== 'object') return grant === 'quantity' ? (quantity ?? 1) : grant
  const times = grant.per === 'quantity' ? (quantity ?? 1) : 1
  if ('amount' in grant) return grant.amount * times
  return grant.limit === null ? null : grant.limit * times
}

/** The union of all sources, feature by feature (SPEC R22). */
export function unite(
  catalog: CatalogDefinition,
  shares: ReadonlyMap<string, readonly Share[]>,
): Readonly<Record<string, Due>> {
  return Object.fromEntries(
    Object.entries(catalog.features).map(([name, feature]) => [
      name,
      due(feature, shares.get(name) ?? []),
    ]),
  )
}

function due(feature: FeatureDefinition, shares: readonly Share[]): Due {
  const given = shares.filter(({ allowed }) => allowed)
  const because = (given.length > 0 ? given : shares).map((share) => share.because).join('; ')
  if (given.length === 0) {
    return { allowed: false, value: null, because: because === '' ? 'nothing bought' : because }
  }
  return {
    allowed: true,
    value: together(
      feature,
      given.map(({ value }) => value),
    ),
    because,
  }
}

function together({ type, combine }: FeatureDefinition, values: readonly Due['value'][]) {
  if (type === 'flag') return true
  if (values.includes(null)) return null
  const numbers = values.map(Number)
  return type === 'quantity' && combine === 'max'
    ? Math.max(...numbers)
    : numbers.reduce((sum, value) => sum + value, 0)
}
