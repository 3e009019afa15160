import type { CheckoutSession } from '../../../src/sandbox/tables.ts'
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
  const named = session.metadata?.['proviso_product']
  if (named !== undefined && sale.product(named) !== undefined) {
    // Named without its lines it is one; only an invoice tells of more (SPEC: Known gaps).
    const billed = linesBilled(ledger, session)
    const quantity = billed.reduce((sum, line) => sum + line.quantity, 0)
    return [{ product: named, quantity: Math.max(1, quantity) }]
  }
  return linesOf(ledger, session).flatMap(({ price, quantity }): Sold[] => {
    const product = sale.productSold(ledger.price(price))
    return product === undefined ? [] : [{ product, quantity }]
  })
}

interface SessionLine {
  readonly price: string | null
  readonly quantity: number
}

function linesOf(ledger: Ledger, session: CheckoutSession): readonly SessionLine[] {
  const terms = ledger.page.get('~checkout', session.id)
  if (terms === undefined) return linesBilled(ledger, session)
  return terms.lines.map(({ item }) => ({
    price: item.price?.id ?? null,
    quantity: item.quantity ?? 1,
  }))
}

function linesBilled(ledger: Ledger, session: CheckoutSession): readonly SessionLine[] {
  return ledger.lines(session.invoice ?? '').map((line) => ({
    price: line.pricing?.price_details?.price ?? null,
    quantity: line.quantity ?? 1,
  }))
}
