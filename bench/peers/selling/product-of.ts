import type { CatalogDefinition, ProductDefinition } from '../../../src/core/catalog.ts'
import type { Setting } from '../../../test/gauntlet/live/contestant.ts'

/** A price somebody bought, as a row of a peer tells of it. */
export interface Bought {
  readonly price: string
  readonly product: string | null
  readonly lookupKey: string | null
  /** null where the price is metered. */
  readonly quantity: number | null
}

/** What an app's own list of plans would say a price stands for; undefined: nothing it sells. */
export function productOf(
  { sandbox, catalog }: Pick<Setting, 'sandbox' | 'catalog'>,
  { price, product, lookupKey }: Omit<Bought, 'quantity'>,
): ProductDefinition | undefined {
  return (
    matching(catalog, 'prices', [price]) ??
    matching(catalog, 'lookupKeys', [lookupKey]) ??
    // An app that moves a key to another price keeps the old one on its list.
    matching(catalog, 'lookupKeys', formerKeys(sandbox, price)) ??
    matching(catalog, 'products', [product])
  )
}

function matching(
  { products }: CatalogDefinition,
  by: 'prices' | 'lookupKeys' | 'products',
  values: readonly (string | null)[],
): ProductDefinition | undefined {
  return Object.values(products).find(({ match }) =>
    match?.[by]?.some((one) => values.includes(one)),
  )
}

/** Every lookup key a price ever had. */
function formerKeys({ world }: Setting['sandbox'], price: string): (string | null)[] {
  return [...world.events.values()].flatMap(({ type, data: { object } }) => {
    if (!type.startsWith('price.') || object.id !== price) return []
    return [(object as { readonly lookup_key?: string | null }).lookup_key ?? null]
  })
}
