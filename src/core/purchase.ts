import { clean } from './canonical.ts'
import type { CatalogProduct } from './compile-catalog.ts'
import type { Alert, Need } from './decision.ts'
import type { BoughtPrice } from './fact.ts'
import type { JudgeContext } from './judge-subscription.ts'
import { matchProduct } from './match.ts'
import { reversalOf, type Reversal } from './payment.ts'
import { alert } from './source.ts'
import type { CheckoutView } from './views/checkout-view.ts'
import type { InvoiceView } from './views/invoice-view.ts'
import type { PaymentIntentView } from './views/payment-views.ts'

/** A one-time purchase before passes are stacked: how its money stands. */
export interface Purchase {
  id: string
  owner: string
  product: CatalogProduct
  quantity: number
  standing: PurchaseStanding
  reversal: Reversal
  needs: Need[]
  objects: string[]
}

/** `at`: second at which the money came in, from which a pass runs. */
export type PurchaseStanding =
  | { kind: 'paid'; at: number; evidence: string[] }
  | { kind: 'processing'; since: number; evidence: string[] }
  | { kind: 'authorized'; evidence: string[] }
  | { kind: 'unpaid'; evidence: string[] }
  | { kind: 'failed'; evidence: string[] }
  | { kind: 'canceled'; evidence: string[] }

const METADATA_PRODUCT = 'proviso_product'

/** Purchases of a payment-mode Checkout Session, one per matched product. */
export function purchasesOfSession(
  context: JudgeContext,
  session: CheckoutView,
  owner: string,
): { purchases: Purchase[]; alerts: Alert[]; needs: Need[] } {
  const none = { purchases: [], alerts: [], needs: [] }
  // Setup mode saves a way to pay and sells nothing (row 35).
  if (session.state.mode !== 'payment' || session.completedAt === null) return none
  const { facts, joins } = context
  const standing = sessionStanding(context, session)
  const paymentIntents = new Set<string>()
  const charges = new Set<string>()
  if (session.state.paymentIntent !== null) paymentIntents.add(session.state.paymentIntent)
  for (const id of joins.paymentIntentsOfInvoice.get(session.state.invoice ?? '') ?? []) {
    paymentIntents.add(id)
  }
  for (const id of joins.chargesOfInvoice.get(session.state.invoice ?? '') ?? []) charges.add(id)
  const reversal = reversalOf(facts, joins, {
    paymentIntents,
    charges,
    amount: session.state.amountTotal,
  })
  const bought = boughtBySession(context, session)
  if (bought === null) {
    const isOpen = standing.kind !== 'failed' && standing.kind !== 'canceled'
    return {
      purchases: [],
      alerts: isOpen && facts.missing.has(session.id) ? [lineItemsAlert(session)] : [],
      needs:
        isOpen && !facts.missing.has(session.id)
          ? [
              {
                type: 'checkout_session',
                object: session.id,
                reason: 'line items are never in a webhook',
              },
            ]
          : [],
    }
  }
  const objects = [session.id, ...paymentIntents]
  const purchases = bought.products.map(({ product, quantity }) => ({
    id: bought.products.length === 1 ? session.id : `${session.id}/${product.id}`,
    owner,
    product,
    quantity,
    standing,
    reversal,
    needs: reversal.needs,
    objects,
  }))
  return { purchases, alerts: bought.alerts, needs: [] }
}

interface Bought {
  products: { product: CatalogProduct; quantity: number }[]
  alerts: Alert[]
}

/** What was bought: metadata says it outright, a read or the session's invoice shows it. */
function boughtBySession(
  { facts, catalog }: JudgeContext,
  { id, state }: CheckoutView,
): Bought | null {
  const named =
    state.metadata[METADATA_PRODUCT] ??
    facts.paymentIntents.get(state.paymentIntent ?? '')?.state.metadata[METADATA_PRODUCT]
  if (named !== undefined) {
    const product = catalog.products.get(named)
    if (product !== undefined) return { products: [{ product, quantity: 1 }], alerts: [] }
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
  const lines = state.lineItems ?? facts.invoices.get(state.invoice ?? '')?.state.lines
  if (lines === undefined || lines === null) return null
  return matchLines(lines, (line) => matchProduct(catalog, line), id)
}

function matchLines(
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

function lineItemsAlert({ id }: CheckoutView): Alert {
  return alert(
    'line_items_missing',
    `What ${id} bought is not known: Stripe does not know the session. Set metadata.proviso_product on it.`,
    [id],
  )
}

/** `complete` is not paid and paid is not captured: the session, its money and its failure decide (rows 28–33). */
function sessionStanding({ facts, joins }: JudgeContext, session: CheckoutView): PurchaseStanding {
  const intent = facts.paymentIntents.get(session.state.paymentIntent ?? '')
  const byIntent = intent === undefined ? null : intentStanding(intent)
  const charge = [...(joins.chargesOfPaymentIntent.get(session.state.paymentIntent ?? '') ?? [])]
    .flatMap((id) => facts.charges.get(id) ?? [])
    .find(({ state }) => state.status === 'succeeded')
  if (charge !== undefined && charge.succeededAt !== null) {
    const at = Math.min(charge.succeededAt, session.paidAt ?? charge.succeededAt)
    return { kind: 'paid', at, evidence: charge.evidence }
  }
  if (byIntent?.kind === 'authorized' || byIntent?.kind === 'canceled') return byIntent
  if (charge !== undefined) return { kind: 'authorized', evidence: charge.evidence }
  if (session.paidAt !== null) {
    const at = Math.min(session.paidAt, intent?.succeededAt ?? session.paidAt)
    return { kind: 'paid', at, evidence: session.paidEvidence }
  }
  if (byIntent?.kind === 'paid') return byIntent
  const invoice = facts.invoices.get(session.state.invoice ?? '')
  if (invoice?.state.status === 'paid') {
    return { kind: 'paid', at: invoice.settledAt ?? invoice.firstAt, evidence: invoice.evidence }
  }
  if (session.failedAt !== null) return { kind: 'failed', evidence: session.failedEvidence }
  const since = session.completedAt ?? session.firstAt
  // Checkout completes only once a payment is under way: an error after that is this payment's.
  if (byIntent?.kind === 'failed' && (intent?.lastAt ?? 0) >= since) return byIntent
  return { kind: 'processing', since, evidence: session.evidence }
}

function intentStanding(intent: PaymentIntentView): PurchaseStanding {
  const { evidence, succeededAt, state, firstAt } = intent
  switch (state.status) {
    case 'succeeded':
      return { kind: 'paid', at: succeededAt ?? firstAt, evidence }
    case 'requires_capture':
      return { kind: 'authorized', evidence }
    case 'canceled':
      return { kind: 'canceled', evidence }
    case 'processing':
      return { kind: 'processing', since: firstAt, evidence }
    default:
      return { kind: state.hasPaymentError ? 'failed' : 'unpaid', evidence }
  }
}

/** One-time lines of an invoice no session claims: set-up fees, licences sold by invoice (rows 8, 11). */
export function purchasesOfInvoice(
  { facts, joins, catalog }: JudgeContext,
  invoice: InvoiceView,
  owner: string,
): Purchase[] {
  const session = facts.sessions.get(joins.sessionOfInvoice.get(invoice.id) ?? '')
  if (session?.state.mode === 'payment') return []
  const oneTime = invoice.state.lines.filter(
    (line) =>
      !line.isSubscriptionLine &&
      !line.isProration &&
      line.subscriptionItem === null &&
      line.amount >= 0,
  )
  const { products } = matchLines(oneTime, (line) => matchProduct(catalog, line), invoice.id)
  if (products.length === 0) return []
  const standing = invoicePurchaseStanding(invoice)
  if (standing === null) return []
  const reversal = reversalOf(facts, joins, {
    paymentIntents: joins.paymentIntentsOfInvoice.get(invoice.id) ?? new Set(),
    charges: joins.chargesOfInvoice.get(invoice.id) ?? new Set(),
    amount: invoice.state.amountPaid,
  })
  return products.map(({ product, quantity }) => ({
    id: `${invoice.id}/${product.id}`,
    owner,
    product,
    quantity,
    standing,
    reversal,
    needs: reversal.needs,
    objects: [invoice.id],
  }))
}

function invoicePurchaseStanding(invoice: InvoiceView): PurchaseStanding | null {
  const { evidence, state } = invoice
  switch (state.status) {
    case 'paid':
      return { kind: 'paid', at: invoice.settledAt ?? invoice.firstAt, evidence }
    case 'open':
      return { kind: 'unpaid', evidence }
    default:
      return null
  }
}

/** A PaymentIntent of the app's own that names its product in metadata. */
export function purchaseOfPaymentIntent(
  { facts, joins, catalog }: JudgeContext,
  intent: PaymentIntentView,
  owner: string,
): Purchase | null {
  const product = catalog.products.get(intent.state.metadata[METADATA_PRODUCT] ?? '')
  const isClaimed =
    joins.sessionOfPaymentIntent.has(intent.id) || joins.invoiceOfPaymentIntent.has(intent.id)
  if (product === undefined || isClaimed) return null
  const standing = intentStanding(intent)
  const reversal = reversalOf(facts, joins, {
    paymentIntents: new Set([intent.id]),
    charges: new Set(),
    amount: intent.state.amountReceived ?? intent.state.amount,
  })
  return {
    id: intent.id,
    owner,
    product,
    quantity: 1,
    standing,
    reversal,
    needs: reversal.needs,
    objects: [intent.id],
  }
}
