import type {
  CatalogDefinition,
  FeatureDefinition,
  GrantDefinition,
  Policy,
  ProductDefinition,
  ProductPolicy,
} from './catalog.ts'
import { canonical } from './canonical.ts'
import type { CatalogProblem } from './catalog-problem.ts'
import { validateCatalog } from './validate-catalog.ts'

export const DEFAULT_POLICY: Policy = {
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

export interface CatalogProduct {
  id: string
  grants: ReadonlyMap<string, GrantDefinition>
  durationDays: number | null
  policy: ProductPolicy
}

/** A validated catalog with its lookups built. */
export interface Catalog {
  features: ReadonlyMap<string, FeatureDefinition>
  products: ReadonlyMap<string, CatalogProduct>
  policy: Policy
  /** 16 hex digits of its canonical text: changes whenever a decision could. */
  fingerprint: string
  byPrice: ReadonlyMap<string, string>
  byLookupKey: ReadonlyMap<string, string>
  byStripeProduct: ReadonlyMap<string, string>
  /** Stripe Entitlements lookup key → our features. */
  byStripeFeature: ReadonlyMap<string, string[]>
}

export type CompiledCatalog =
  { ok: true; catalog: Catalog } | { ok: false; problems: CatalogProblem[] }

/**
 * Types a catalog in code, so that a product granting an unknown feature does not compile.
 * @example defineCatalog({ features: { export: { type: 'flag' } }, products: { pro: { grants: { export: true } } } })
 */
export function defineCatalog<const F extends string>(
  definition: CatalogDefinition<F>,
): CatalogDefinition<F> {
  return definition
}

/** Validates a catalog of any origin and reports every problem at once. */
export function compileCatalog(definition: unknown): CompiledCatalog {
  const problems = validateCatalog(definition)
  if (problems.length > 0) return { ok: false, problems }
  const { features, products, policy } = definition as CatalogDefinition
  const merged = { ...DEFAULT_POLICY, ...policy }
  const catalog = {
    features: new Map(Object.entries(features)),
    products: new Map(
      Object.entries(products).map(([id, product]) => [id, compileProduct(id, product, merged)]),
    ),
    policy: merged,
    fingerprint: fingerprint(canonical({ features, products, policy: merged })),
    byPrice: index(products, (match) => match?.prices),
    byLookupKey: index(products, (match) => match?.lookupKeys),
    byStripeProduct: index(products, (match) => match?.products),
    byStripeFeature: indexStripeFeatures(features),
  }
  return { ok: true, catalog }
}

/** FNV-1a over two seeds: tells catalogs apart, protects nothing. */
function fingerprint(text: string): string {
  const half = (seed: number) => {
    let hash = seed
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    }
    return (hash >>> 0).toString(16).padStart(8, '0')
  }
  return half(0x811c9dc5) + half(0x9747b28c)
}

function compileProduct(id: string, product: ProductDefinition, policy: Policy): CatalogProduct {
  const grants = new Map<string, GrantDefinition>()
  for (const [feature, grant] of Object.entries(product.grants)) {
    if (grant !== undefined) grants.set(feature, grant)
  }
  return {
    id,
    grants,
    durationDays: product.duration?.days ?? null,
    policy: { ...policy, ...product.policy },
  }
}

function index(
  products: CatalogDefinition['products'],
  ids: (match: ProductDefinition['match']) => readonly string[] | undefined,
): Map<string, string> {
  const found = new Map<string, string>()
  for (const [product, { match }] of Object.entries(products)) {
    for (const id of ids(match) ?? []) found.set(id, product)
  }
  return found
}

function indexStripeFeatures(features: CatalogDefinition['features']): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [feature, { stripeFeature }] of Object.entries(features)) {
    if (stripeFeature === undefined) continue
    found.set(stripeFeature, [...(found.get(stripeFeature) ?? []), feature])
  }
  return found
}
