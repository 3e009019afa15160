import type {
  CatalogDefinition,
  Policy,
  ProductDefinition,
  ProductPolicy,
} from '../../../src/core/catalog.ts'
import type { Books } from '../books.ts'

/** A product of the catalog as the witness needs it. */
export interface Ware {
  readonly name: string
  readonly features: ReadonlySet<string>
  readonly policy: ProductPolicy
  readonly durationDays: number | null
  /** How many were bought is what it gives: two at once are no two passes. */
  readonly countsQuantity: boolean
}

/** What SPEC.md says where a catalog is silent. */
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

/** What is sold under which price, by catalog and ledger. */
export interface Wares {
  readonly policy: Policy
  readonly all: readonly Ware[]
  /** By Stripe's price id; undefined: not in the catalog. */
  ofPrice(price: string): Ware | undefined
  isMetered(price: string): boolean
  named(product: unknown): Ware | undefined
}

export function waresOf(books: Books, catalog: CatalogDefinition): Wares {
  const policy = { ...DEFAULTS, ...catalog.policy }
  const byName = new Map<string, Ware>()
  for (const [name, product] of Object.entries(catalog.products)) {
    byName.set(name, wareOf(name, product, policy))
  }
  const byPrice = new Map<string, Ware>()
  const metered = new Set<string>()
  for (const { id } of books.page(Infinity).all('price')) {
    const versions = books.history('price', id).map(({ value }) => value)
    if (versions.some(({ recurring }) => recurring?.usage_type === 'metered')) metered.add(id)
    const keys = versions.flatMap(({ lookup_key: key }) => key ?? [])
    const product = String(versions.at(-1)?.product)
    // The price itself comes first, then a key it ever carried, then its product.
    const find = (test: (match: NonNullable<ProductDefinition['match']>) => boolean) =>
      Object.entries(catalog.products).find(([, { match }]) => match !== undefined && test(match))
    const found =
      find(({ prices }) => prices?.includes(id) === true) ??
      find(({ lookupKeys }) => lookupKeys?.some((key) => keys.includes(key)) === true) ??
      find(({ products }) => products?.includes(product) === true)
    const ware = byName.get(found?.[0] ?? '')
    if (ware !== undefined) byPrice.set(id, ware)
  }
  return {
    policy,
    all: [...byName.values()],
    ofPrice: (price) => byPrice.get(price),
    isMetered: (price) => metered.has(price),
    named: (product) => byName.get(typeof product === 'string' ? product : ''),
  }
}

function wareOf(name: string, product: ProductDefinition, policy: Policy): Ware {
  const grants = Object.entries(product.grants)
  return {
    name,
    features: new Set(grants.map(([feature]) => feature)),
    policy: { ...policy, ...product.policy },
    durationDays: product.duration?.days ?? null,
    countsQuantity: grants.some(
      ([, grant]) => grant === 'quantity' || (typeof grant === 'object' && 'per' in grant),
    ),
  }
}
