import type { InvoiceItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { LineDraft } from '../invoices/line-draft.ts'

/**
 * The customer's invoice items that no invoice has taken in, oldest first: for a subscription's
 * invoice its own and those of none, for any other invoice those of none.
 */
export function pendingItemsFor(
  world: World,
  customer: string,
  currency: string,
  subscription?: string,
): readonly InvoiceItem[] {
  return world.where('invoiceitem', 'customer', customer).filter((item) => {
    const own = item.parent?.subscription_details?.subscription
    return (
      item.invoice === null &&
      item.currency === currency &&
      (own === undefined || own === subscription)
    )
  })
}

/** The line an invoice item becomes. */
export function lineOfItem(world: World, item: InvoiceItem): LineDraft {
  const details = item.parent?.subscription_details
  const credited = item.proration_details?.credited_items?.invoice_line_item_details
  return {
    description: item.description,
    amount: item.amount,
    price: item.pricing?.price_details?.price ?? null,
    quantity: item.quantity,
    unitAmountDecimal: item.pricing?.unit_amount_decimal ?? null,
    period: item.period,
    proration: item.proration,
    creditedItems: credited ?? null,
    subscription: details?.subscription ?? null,
    subscriptionItem: item.proration ? (details?.subscription_item ?? null) : null,
    invoiceItem: item.id,
    discountable: item.discountable,
    discounts: item.discounts ?? [],
    taxRates:
      (item.tax_rates ?? []).length === 0 ? null : (item.tax_rates ?? []).map(({ id }) => id),
    metadata: item.metadata,
  }
}
