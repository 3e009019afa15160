import { boughtBySession, lineItemsAlert, matchLines, METADATA_PRODUCT } from './bought.ts'
import type { CatalogProduct } from './compile-catalog.ts'
import type { Alert, Need } from './decision.ts'
import type { Facts } from './facts.ts'
import type { JudgeContext } from './judge-subscription.ts'
import { matchProduct } from './match.ts'
import { reversalOf, type Reversal } from './payment.ts'
import {
  intentStanding,
  invoicePurchaseStanding,
  sessionStanding,
  type PurchaseStanding,
} from './purchase-standing.ts'
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

/** One-time lines of an invoice no session claims: set-up fees, licences sold by invoice (rows 8, 11). */
export function purchasesOfInvoice(
  { facts, joins, catalog }: JudgeContext,
  invoice: InvoiceView,
  owner: string,
): Purchase[] {
  const isClaimed = [
    joins.sessionOfInvoice.get(invoice.id),
    // The session may not name its invoice yet, only the payment both share (row 30).
    ...[...(joins.paymentIntentsOfInvoice.get(invoice.id) ?? [])].map((id) =>
      joins.sessionOfPaymentIntent.get(id),
    ),
  ].some((id) => facts.sessions.get(id ?? '')?.state.mode === 'payment')
  if (isClaimed) return []
  const recurring = recurringPrices(facts)
  const oneTime = invoice.state.lines.filter(
    (line) =>
      !line.isSubscriptionLine &&
      !line.isProration &&
      !line.isMetered &&
      !recurring.has(line.price ?? '') &&
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

/**
 * Prices that a subscription carries: only Stripe makes invoice items of them, for usage until a
 * pause or a cancellation, and that buys nothing.
 */
function recurringPrices({ subscriptions }: Facts): Set<string> {
  return new Set(
    [...subscriptions.values()].flatMap(({ state }) =>
      state.items.flatMap(({ price }) => price ?? []),
    ),
  )
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
