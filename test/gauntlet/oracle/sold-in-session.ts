import type { CheckoutSession, Tables } from '../../../src/sandbox/tables.ts'
import type { BookName } from '../books.ts'
import type { Ledger } from './ledger.ts'
import type { TermsOfSale } from './terms-of-sale.ts'

export interface Sold {
  /** The catalog's. */
  readonly product: string
  readonly quantity: number
}

/** What a payment-mode session sells: what its metadata names, else its lines. */
export function soldInSession(
  ledger: Ledger,
  sale: TermsOfSale,
  session: CheckoutSession,
): readonly Sold[] {
  const lines = linesOf(ledger, session)
  const named = session.metadata?.['proviso_product']
  if (named !== undefined && sale.product(named) !== undefined) {
    const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)
    return [{ product: named, quantity: Math.max(1, quantity) }]
  }
  return lines.flatMap(({ price, quantity }): Sold[] => {
    const product = sale.productSold(ledger.price(price))
    return product === undefined ? [] : [{ product, quantity }]
  })
}

function linesOf(
  ledger: Ledger,
  session: CheckoutSession,
): readonly { readonly price: string | null; readonly quantity: number }[] {
  const terms = ledger.page.get('~checkout' as BookName, session.id) as
    Tables['~checkout'] | undefined
  if (terms !== undefined) {
    return terms.lines.map(({ item }) => ({
      price: item.price?.id ?? null,
      quantity: item.quantity ?? 1,
    }))
  }
  return ledger.lines(session.invoice ?? '').map((line) => ({
    price: line.pricing?.price_details?.price ?? null,
    quantity: line.quantity ?? 1,
  }))
}
