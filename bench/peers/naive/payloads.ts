import type Stripe from 'stripe-current'
import type { Bought } from '../selling/product-of.ts'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import { namedBy, namedIn } from '../selling/app-customer.ts'

/** Fields that had another place before API version 2025-03-31. */
interface OlderInvoice {
  readonly subscription?: string | null
}
interface OlderSubscription {
  readonly current_period_end?: number
}

type Row = readonly (string | number | boolean | null)[]

/** The parameters of KEEP_SUBSCRIPTION. */
export function subscriptionRow(
  subscription: Stripe.Subscription,
  catalog: CatalogDefinition,
): Row {
  const { items } = subscription
  const end =
    items.data[0]?.current_period_end ?? (subscription as OlderSubscription).current_period_end
  return [
    subscription.id,
    idOf(subscription.customer),
    namedIn(subscription.metadata, catalog),
    subscription.status,
    JSON.stringify(items.data.map(({ price, quantity }) => bought(price, quantity ?? null))),
    end ?? null,
    subscription.cancel_at_period_end,
  ]
}

/**
 * The parameters of FULFILL_PURCHASE and KEEP_PURCHASE: what a Session sold once, its recurring prices
 * left to the subscription.
 */
export function purchaseRow(
  session: Stripe.Checkout.Session,
  catalog: CatalogDefinition,
  how: { readonly status: string; readonly paidAt: number },
): Row {
  const lines = session.line_items?.data ?? []
  return [
    session.id,
    idOf(session.customer),
    namedBy(session, catalog),
    idOf(session.payment_intent),
    how.status,
    JSON.stringify(
      lines.flatMap(({ price, quantity }) =>
        price?.type === 'one_time' ? [bought(price, quantity)] : [],
      ),
    ),
    how.paidAt,
  ]
}

/** The subscription an invoice is of; null: of none. */
export function subscriptionOf(invoice: Stripe.Invoice): string | null {
  const details = invoice.parent?.subscription_details
  return idOf(details?.subscription) ?? (invoice as OlderInvoice).subscription ?? null
}

/** The end of the last period an invoice is for. */
export function periodEndOf({ lines }: Stripe.Invoice): number | null {
  const ends = lines.data.map(({ period }) => period.end)
  return ends.length === 0 ? null : Math.max(...ends)
}

export function idOf(field: string | { readonly id: string } | null | undefined): string | null {
  return typeof field === 'string' ? field : (field?.id ?? null)
}

function bought(price: Stripe.Price, quantity: number | null): Bought {
  return {
    price: price.id,
    product: idOf(price.product),
    lookupKey: price.lookup_key,
    quantity,
  }
}
