/**
 * What a line of an invoice is made from. Prorations and one-time prices of subscriptions are
 * pending invoice items at Stripe (`createInvoiceItem`); a draft is for what a draft invoice bills
 * itself, such as a subscription item's next period.
 */
export interface LineDraft {
  readonly description?: string | null
  /** Minor units, may be negative. Absent: `priceAmount(price, quantity)`. */
  readonly amount?: number
  /** Id of the price the line was made by. */
  readonly price?: string | null
  /** Null for metered lines that have no unit. Default 1. */
  readonly quantity?: number | null
  /** Decimal text; default the price's own, or the amount for one unit. */
  readonly unitAmountDecimal?: string | null
  /** Unix seconds: what the line is for. */
  readonly period: { readonly start: number; readonly end: number }
  readonly proration?: boolean
  /** The lines a credit takes back. */
  readonly creditedItems?: {
    readonly invoice: string
    readonly invoice_line_items: readonly string[]
  } | null
  readonly subscription?: string | null
  readonly subscriptionItem?: string | null
  readonly invoiceItem?: string | null
  /** Default true; false for prorations, whose amounts already contain the discount. */
  readonly discountable?: boolean
  /** Ids of discounts of this line alone. */
  readonly discounts?: readonly string[]
  /** Ids of tax rates of this line alone; absent: the invoice's `default_tax_rates`. */
  readonly taxRates?: readonly string[] | null
  readonly metadata?: Readonly<Record<string, string>> | null
}
