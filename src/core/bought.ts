import { clean } from './canonical.ts'
import type { CatalogProduct } from './compile-catalog.ts'
import type { Alert } from './decision.ts'
import type { BoughtPrice } from './fact.ts'
import type { JudgeContext } from './judge-subscription.ts'
import { matchProduct } from './match.ts'
import { alert } from './source.ts'
import type { CheckoutView } from './views/checkout-view.ts'

/** Names a product of the catalog outright, on a Session or PaymentIntent of the app's own. */
export const METADATA_PRODUCT = 'proviso_product'

export interface Bought {
  products: { product: CatalogProduct; quantity: number }[]
  alerts: Alert[]
}

/** What was bought: metadata says it outright, a read or the session's invoice shows it and how many. */
export function boughtBySession(
  { facts, joins, catalog }: JudgeContext,
  { id, state }: CheckoutView,
): Bought | null {
  // The invoice is made after the session completes, which then does not name it yet (row 30).
  const invoice = state.invoice ?? joins.invoiceOfPaymentIntent.get(state.paymentIntent ?? '')
  const invoicedLines = facts.invoices.get(invoice ?? '')?.state.lines
  const named =
    state.metadata[METADATA_PRODUCT] ??
    facts.paymentIntents.get(state.paymentIntent ?? '')?.state.metadata[METADATA_PRODUCT]
  if (named !== undefined) {
    const product = catalog.products.get(named)
    if (product !== undefined) {
      const lines = state.lineItems ?? invoicedLines
      const shown = matchLines(lines ?? [], (line) => matchProduct(catalog, line), id).products
      const quantity = shown.find((line) => line.product === product)?.quantity ?? 1
      return { products: [{ product, quantity }], alerts: [] }
    }
    return {
      products: [],
      alerts: [
        alert(
          'unknown_product',
          `Metadata proviso_product of ${id} names ${clean(named)}, which is not a product of the catalog.`,
          [id],
        ),
      ],
    }
  }
  if (state.lineItems !== null) {
    return matchLines(state.lineItems, (line) => matchProduct(catalog, line), id)
  }
  if (invoicedLines === undefined) return null
  const bought = matchLines(invoicedLines, (line) => matchProduct(catalog, line), id)
  // Newer invoice lines name no lookup key, so what matches nothing may still be in the catalog.
  const isUncertain = bought.alerts.length > 0 && catalog.byLookupKey.size > 0
  return isUncertain && !facts.missing.has(id) ? null : bought
}

export function matchLines(
  lines: readonly BoughtPrice[],
  match: (line: BoughtPrice) => CatalogProduct | null,
  id: string,
): Bought {
  const quantities = new Map<CatalogProduct, number>()
  const alerts: Alert[] = []
  for (const line of lines) {
    const product = match(line)
    if (product !== null) {
      quantities.set(product, (quantities.get(product) ?? 0) + line.quantity)
      continue
    }
    const price = clean(line.price ?? 'unknown')
    alerts.push(
      alert(
        'unmatched_price',
        `No product of the catalog matches price ${price} of ${id}: it grants nothing. Add it to a product's "match".`,
        [id, price],
      ),
    )
  }
  const products = [...quantities].map(([product, quantity]) => ({ product, quantity }))
  return { products, alerts }
}

export function lineItemsAlert({ id }: CheckoutView): Alert {
  return alert(
    'line_items_missing',
    `What ${id} bought is not known: Stripe does not know the session. Set metadata.proviso_product on it.`,
    [id],
  )
}
