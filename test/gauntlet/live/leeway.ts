import type { CatalogDefinition, ProductPolicy } from '../../../src/core/catalog.ts'

/** Serves as little as any sensible app would: paid time alone. */
const STRICT: Partial<ProductPolicy> = {
  grantWhileProcessing: false,
  pastDueGraceDays: 0,
  renewalWindowHours: 0,
  sendInvoice: 'paidOnly',
  processingDays: 0,
  pauseCollection: 'suspend',
  oneTimeRefund: 'revoke',
  partialRefund: 'revoke',
  subscriptionRefund: 'revoke',
  dispute: 'suspend',
}

/** Serves as much: a month of patience with those who are late, and what was taken back is let go. */
const PATIENT: Partial<ProductPolicy> = {
  grantWhileProcessing: true,
  pastDueGraceDays: 30,
  renewalWindowHours: 72,
  sendInvoice: 'untilDue',
  processingDays: 21,
  pauseCollection: 'keep',
  unpaidUpgrade: 'grantNew',
  oneTimeRefund: 'keep',
  partialRefund: 'keep',
  subscriptionRefund: 'keep',
  dispute: 'keep',
}

/**
 * The same catalog on other terms. Who has no such policies to set is not blamed for having others:
 * an answer that is right on any of these terms passes.
 */
export function anyTerms(catalog: CatalogDefinition): CatalogDefinition[] {
  return [catalog, onTerms(catalog, STRICT), onTerms(catalog, PATIENT)]
}

function onTerms(
  { features, products, policy }: CatalogDefinition,
  terms: Partial<ProductPolicy>,
): CatalogDefinition {
  return {
    features,
    policy: { ...policy, ...terms },
    products: Object.fromEntries(
      Object.entries(products).map(([name, product]) => [
        name,
        { ...product, policy: { ...product.policy, ...terms } },
      ]),
    ),
  }
}
