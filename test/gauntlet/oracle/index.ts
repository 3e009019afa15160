import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Books } from '../books.ts'
import type { Dues, Oracle } from '../oracle-contract.ts'
import { unite, valueOf, type Share } from './dues-of.ts'
import { entitled } from './entitled.ts'
import { Ledger } from './ledger.ts'
import { Owners } from './owners.ts'
import { purchaseRights } from './passes.ts'
import { purchasesOf } from './purchases.ts'
import { subscriptionRights } from './subscription-rights.ts'
import { TermsOfSale } from './terms-of-sale.ts'
import { turningPoints } from './turning-points.ts'

/**
 * Tells what everyone should have by laying the paid stretches of time side by side, in the sandbox's
 * own ledger. It knows no event and nothing of how Proviso concludes.
 */
export const oracle: Oracle = { due, turningPoints }

function due(books: Books, catalog: CatalogDefinition, second: number): Dues {
  const ledger = new Ledger(books, second)
  const sale = new TermsOfSale(books, catalog, second)
  const owners = new Owners(ledger, sale)
  const shares = new Map<string, Map<string, Share[]>>()
  const sharesOf = (owner: string) => {
    const own = shares.get(owner) ?? new Map<string, Share[]>()
    shares.set(owner, own)
    return own
  }
  const give = (owner: string, feature: string, share: Share) => {
    const own = sharesOf(owner)
    own.set(feature, [...(own.get(feature) ?? []), share])
  }
  const sell = (
    owner: string,
    product: string | undefined,
    right: {
      readonly allowed: boolean
      readonly quantity: number | null
      readonly because: string
    },
  ) => {
    const { grants = {} } = sale.product(product) ?? {}
    sharesOf(owner)
    for (const [feature, grant] of Object.entries(grants)) {
      if (grant === undefined) continue
      give(owner, feature, { ...right, value: valueOf(grant, right.quantity) })
    }
  }

  for (const { id } of ledger.page.all('customer')) sharesOf(owners.ofCustomer(id))
  for (const subscription of ledger.page.all('subscription')) {
    for (const right of subscriptionRights(ledger, sale, subscription)) {
      sell(owners.ofSubscription(subscription), sale.productSold(ledger.price(right.price)), right)
    }
  }
  for (const { purchase, ...right } of purchaseRights(
    ledger,
    sale,
    purchasesOf(ledger, sale, owners),
  )) {
    sell(purchase.owner, purchase.product, { ...right, quantity: purchase.quantity })
  }
  for (const { owner, feature, because } of entitled(ledger, sale, owners)) {
    give(owner, feature, { allowed: true, value: true, because })
  }
  return Object.fromEntries([...shares].map(([owner, own]) => [owner, unite(catalog, own)]))
}
