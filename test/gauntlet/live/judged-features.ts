import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Books } from '../books.ts'
import { Ledger } from '../oracle/ledger.ts'
import { Owners } from '../oracle/owners.ts'
import { purchasesOf } from '../oracle/purchases.ts'
import { TermsOfSale } from '../oracle/terms-of-sale.ts'
import type { Contestant } from './contestant.ts'

/**
 * The features of a story by which a contestant is judged. Where it lacks an offer that the story needs
 * (purchases, Stripe's Entitlements): those of what is subscribed to, unless a purchase gives them too.
 * None at all: the story is not for it.
 */
export function judgedFeatures(
  { covers }: Pick<Contestant, 'covers'>,
  { books, catalog, end }: { books: Books; catalog: CatalogDefinition; end: number },
): ReadonlySet<string> {
  const all = Object.entries(catalog.features)
  const names = all.map(([name]) => name)
  if (covers === undefined) return new Set(names)
  const ledger = new Ledger(books, end)
  const sale = new TermsOfSale(books, catalog, end)
  const lacking = new Set([
    ...(covers.includes('purchases') ? [] : boughtOnce(ledger, sale)),
    ...all.flatMap(([name, { stripeFeature }]) =>
      stripeFeature === undefined || covers.includes('entitlements') ? [] : name,
    ),
  ])
  if (lacking.size === 0) return new Set(names)
  const offered = new Set(subscribedTo(ledger, sale))
  return new Set(names.filter((name) => offered.has(name) && !lacking.has(name)))
}

/** Features of every product that somebody has bought once, paid or not. */
function boughtOnce(ledger: Ledger, sale: TermsOfSale): string[] {
  const purchases = purchasesOf(ledger, sale, new Owners(ledger, sale))
  return purchases.flatMap(({ product }) => givenBy(sale, product))
}

/** Features of every product that is an item of a subscription, or was billed as one. */
function subscribedTo(ledger: Ledger, sale: TermsOfSale): string[] {
  const billed = ledger.invoices
    .flatMap(({ id }) => ledger.lines(id))
    .map(({ pricing }) => pricing?.price_details?.price)
  return [...ledger.page.all('subscription_item').map(({ price }) => price.id), ...billed]
    .map((price) => ledger.price(price))
    .filter((price) => price?.type === 'recurring')
    .flatMap((price) => givenBy(sale, sale.productSold(price)))
}

function givenBy(sale: TermsOfSale, product: string | undefined): string[] {
  return Object.keys(sale.product(product)?.grants ?? {})
}
