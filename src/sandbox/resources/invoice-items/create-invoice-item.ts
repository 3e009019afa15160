import type { InvoiceItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { makeLine } from '../invoices/make-line.ts'

export interface InvoiceItemInput {
  readonly customer: string
  readonly currency: string
  readonly description?: string | null
  /** Minor units, may be negative; absent: by `price` or `unitAmountDecimal`. */
  readonly amount?: number
  readonly price?: string | null
  readonly unitAmountDecimal?: string | null
  /** Default 1. */
  readonly quantity?: number
  /** Unix seconds; default now. */
  readonly period?: { readonly start: number; readonly end: number }
  readonly proration?: boolean
  readonly creditedItems?: {
    readonly invoice: string
    readonly invoice_line_items: readonly string[]
  } | null
  readonly subscription?: string | null
  readonly subscriptionItem?: string | null
  /** Default: not for prorations. */
  readonly discountable?: boolean
  /** Ids of discounts. */
  readonly discounts?: readonly string[]
  /** Ids of tax rates. */
  readonly taxRates?: readonly string[]
  readonly metadata?: Readonly<Record<string, string>> | null
  /** The draft invoice that takes it in at once; `addLine` of invoices does that. */
  readonly invoice?: string | null
}

/**
 * Makes an invoice item and emits `invoiceitem.created` (stripe-facts rows 53 and 54). It waits for
 * the next invoice that takes pending items in.
 */
export function createInvoiceItem(world: World, input: InvoiceItemInput): InvoiceItem {
  const now = world.now(input.customer)
  const proration = input.proration ?? false
  const discountable = input.discountable ?? !proration
  const period = input.period ?? { start: now, end: now }
  // A line of the same make: amounts and pricing follow the same rules.
  const { line } = makeLine(world, {
    invoice: '',
    currency: input.currency,
    line: {
      period,
      ...(input.description === undefined ? {} : { description: input.description }),
      ...(input.amount === undefined ? byUnit(input) : { amount: input.amount }),
      price: input.price ?? null,
      quantity: input.quantity ?? 1,
      unitAmountDecimal: input.unitAmountDecimal ?? null,
    },
  })
  const item: InvoiceItem = {
    id: world.id('ii'),
    object: 'invoiceitem',
    amount: line.amount,
    currency: input.currency,
    customer: input.customer,
    customer_account: null,
    date: now,
    description: line.description,
    discountable,
    discounts: input.discounts ?? [],
    invoice: input.invoice ?? null,
    livemode: false,
    metadata: input.metadata ?? {},
    net_amount: line.amount,
    parent:
      input.subscription === undefined || input.subscription === null
        ? null
        : {
            subscription_details: {
              subscription: input.subscription,
              ...(input.subscriptionItem === undefined || input.subscriptionItem === null
                ? {}
                : { subscription_item: input.subscriptionItem }),
            },
            type: 'subscription_details',
          },
    period,
    pricing: line.pricing,
    proration,
    ...(proration ? { proration_details: prorationDetails(input) } : {}),
    quantity: input.quantity ?? 1,
    quantity_decimal: String(input.quantity ?? 1),
    tax_rates: (input.taxRates ?? []).map((rate) => world.must('tax_rate', rate)),
    test_clock: world.testClockOf(input.customer),
  }
  world.insert('invoiceitem', item)
  const customer = world.must('customer', input.customer)
  if ((customer.currency ?? null) === null) {
    changeCustomer(world, customer.id, { currency: input.currency })
  }
  world.emit('invoiceitem.created', item)
  return item
}

function byUnit(input: InvoiceItemInput): { amount?: number } {
  const unit = input.unitAmountDecimal
  if (unit === undefined || unit === null) return {}
  return { amount: Math.round(Number(unit) * (input.quantity ?? 1)) }
}

function prorationDetails({ creditedItems }: InvoiceItemInput) {
  return {
    credited_items:
      creditedItems === undefined || creditedItems === null
        ? null
        : { invoice_line_item_details: creditedItems, type: 'invoice_line_items' as const },
    discount_amounts: [],
  }
}
