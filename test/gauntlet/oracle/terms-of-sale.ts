import type { CatalogDefinition, Policy, ProductDefinition } from '../../../src/core/catalog.ts'
import type { Price } from '../../../src/sandbox/tables.ts'
import type { Books } from '../books.ts'

/** The policies of SPEC.md where a catalog says nothing. */
const DEFAULTS: Policy = {
  grantWhileProcessing: false,
  trial: 'grant',
  pastDueGraceDays: 7,
  renewalWindowHours: 72,
  sendInvoice: 'untilDue',
  processingDays: 21,
  outageHoldHours: 72,
  pauseCollection: 'keep',
  unpaidUpgrade: 'keepOld',
  oneTimeRefund: 'revoke',
  partialRefund: 'keep',
  subscriptionRefund: 'keep',
  dispute: 'suspend',
  customerIdMetadataKey: 'customer_id',
  trustClientReferenceId: 'always',
  lateUsage: 'bill',
}

/** What the app sells, and on what terms. */
export class TermsOfSale {
  readonly catalog: CatalogDefinition
  readonly policy: Policy
  readonly #books: Books
  readonly #second: number

  constructor(books: Books, catalog: CatalogDefinition, second: number) {
    this.catalog = catalog
    this.policy = { ...DEFAULTS, ...catalog.policy }
    this.#books = books
    this.#second = second
  }

  product(name: string | undefined): ProductDefinition | undefined {
    return name === undefined || !Object.hasOwn(this.catalog.products, name)
      ? undefined
      : this.catalog.products[name]
  }

  /** The catalog's policy with what the product says otherwise. */
  policyOf(product: string | undefined): Policy {
    return { ...this.policy, ...this.product(product)?.policy }
  }

  /** The product a price sells: by its id, a lookup key it has or had, or Stripe's product, in this order. */
  productSold(price: Price | undefined): string | undefined {
    if (price === undefined) return undefined
    const keys = this.#lookupKeys(price)
    return (
      this.#first(({ match }) => match?.prices?.includes(price.id) === true) ??
      this.#first(({ match }) => match?.lookupKeys?.some((key) => keys.has(key)) === true) ??
      this.#first(({ match }) => match?.products?.includes(price.product) === true)
    )
  }

  #first(matches: (product: ProductDefinition) => boolean): string | undefined {
    return Object.entries(this.catalog.products).find(([, product]) => matches(product))?.[0]
  }

  #lookupKeys(price: Price): ReadonlySet<string> {
    const versions = this.#books.history('price', price.id, this.#second)
    return new Set(
      [price, ...versions.map(({ value }) => value)].flatMap(({ lookup_key: key }) => key ?? []),
    )
  }
}
