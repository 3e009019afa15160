import type { Catalog, CatalogProduct } from './compile-catalog.ts'
import type { BoughtPrice } from './fact.ts'

/**
 * The catalog product a price gives. The most specific match wins: price id, then lookup key
 * (including keys the price once carried), then Stripe product.
 */
export function matchProduct(
  catalog: Catalog,
  bought: Omit<BoughtPrice, 'quantity'>,
  earlierLookupKeys: readonly string[] = [],
): CatalogProduct | null {
  const name =
    find(catalog.byPrice, bought.price) ??
    find(catalog.byLookupKey, bought.lookupKey) ??
    earlierLookupKeys
      .map((key) => find(catalog.byLookupKey, key))
      .find((found) => found !== null) ??
    find(catalog.byStripeProduct, bought.product)
  return name === null ? null : (catalog.products.get(name) ?? null)
}

function find(index: ReadonlyMap<string, string>, id: string | null): string | null {
  return id === null ? null : (index.get(id) ?? null)
}
