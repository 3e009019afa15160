import type { Ledger } from './ledger.ts'
import type { Owners } from './owners.ts'
import type { TermsOfSale } from './terms-of-sale.ts'

/** Features that Stripe's own Entitlements list for somebody (SPEC R25). */
export function entitled(
  ledger: Ledger,
  sale: TermsOfSale,
  owners: Owners,
): { readonly owner: string; readonly feature: string; readonly because: string }[] {
  const wanted = Object.entries(sale.catalog.features).filter(
    ([, { stripeFeature }]) => stripeFeature !== undefined,
  )
  if (wanted.length === 0) return []
  return ledger.page.all('~entitlement_owner').flatMap(({ id, customer }) => {
    const entitlement = ledger.page.get('entitlements.active_entitlement', id)
    return wanted
      .filter(([, { stripeFeature }]) => stripeFeature === entitlement?.lookup_key)
      .map(([feature]) => ({
        ...{ owner: owners.ofCustomer(customer), feature },
        because: `Stripe's entitlement ${id}`,
      }))
  })
}
