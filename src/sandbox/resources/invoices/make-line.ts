import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { InvoiceLineItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { priceAmount, unitAmountDecimal } from '../prices/price-amount.ts'
import type { LineDraft } from './line-draft.ts'

/** A line, and the tax rates of its own: Stripe shows only what they came to. */
export interface MadeLine {
  readonly line: InvoiceLineItem
  /** Ids, or null for the invoice's. */
  readonly taxRates: readonly string[] | null
}

/** Makes a line item before discounts and taxes. */
export function makeLine(
  world: World,
  {
    invoice,
    currency,
    line,
  }: { readonly invoice: string; readonly currency: string; readonly line: LineDraft },
): MadeLine {
  const quantity = line.quantity === undefined ? 1 : line.quantity
  const amount = line.amount ?? amountByPrice(world, line, quantity ?? 1, currency)
  return {
    taxRates: line.taxRates ?? null,
    line: {
      id: world.id('il'),
      object: 'line_item',
      amount,
      currency,
      description: line.description ?? describe(world, line, quantity),
      discount_amounts: [],
      discountable: line.discountable ?? true,
      discounts: line.discounts ?? [],
      invoice,
      livemode: false,
      metadata: line.metadata ?? {},
      parent: parentOf(line),
      period: { start: line.period.start, end: line.period.end },
      pretax_credit_amounts: [],
      pricing: pricingOf(world, line, { amount, quantity, currency }),
      quantity,
      quantity_decimal: quantity === null ? null : String(quantity),
      subscription: line.subscription ?? null,
      subtotal: amount,
      taxes: [],
    },
  }
}

function amountByPrice(world: World, line: LineDraft, quantity: number, currency: string): number {
  if (line.price === undefined || line.price === null) {
    throw invalidRequest('A line needs an amount or a price.', { param: 'amount' })
  }
  return priceAmount(world.must('price', line.price), quantity, currency)
}

function describe(world: World, line: LineDraft, quantity: number | null): string | null {
  const price = world.get('price', line.price)
  if (price === undefined) return null
  const product = world.get('product', price.product)?.name ?? price.nickname ?? 'Item'
  if (price.recurring === null) return product
  const { interval, interval_count: count } = price.recurring
  const every = count === 1 ? interval : `${String(count)} ${interval}s`
  const cost =
    price.unit_amount === null ? '' : ` (at ${money(price.unit_amount, price.currency)} / ${every})`
  return `${String(quantity ?? 1)} × ${product}${cost}`
}

const SYMBOLS: Readonly<Record<string, string>> = { usd: '$', eur: '€', gbp: '£', jpy: '¥' }
const WHOLE = new Set(['jpy', 'krw', 'vnd', 'clp', 'huf', 'isk', 'xaf', 'xof', 'xpf'])

function money(amount: number, currency: string): string {
  const text = WHOLE.has(currency) ? String(amount) : (amount / 100).toFixed(2)
  const symbol = SYMBOLS[currency]
  return symbol === undefined ? `${text} ${currency.toUpperCase()}` : `${symbol}${text}`
}

function parentOf(line: LineDraft): InvoiceLineItem['parent'] {
  const common = {
    proration: line.proration ?? false,
    proration_details:
      line.proration === true ? { credited_items: line.creditedItems ?? null } : null,
    subscription: line.subscription ?? null,
  }
  if (line.subscriptionItem !== undefined && line.subscriptionItem !== null) {
    return {
      invoice_item_details: null,
      subscription_item_details: {
        ...common,
        invoice_item: line.invoiceItem ?? null,
        subscription_item: line.subscriptionItem,
      },
      type: 'subscription_item_details',
    }
  }
  return line.invoiceItem === undefined || line.invoiceItem === null
    ? null
    : {
        invoice_item_details: { ...common, invoice_item: line.invoiceItem },
        subscription_item_details: null,
        type: 'invoice_item_details',
      }
}

function pricingOf(
  world: World,
  line: LineDraft,
  { amount, quantity, currency }: { amount: number; quantity: number | null; currency: string },
): InvoiceLineItem['pricing'] {
  const price = world.get('price', line.price)
  if (price !== undefined) {
    return {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: line.unitAmountDecimal ?? unitAmountDecimal(price, currency),
    }
  }
  const unit =
    line.unitAmountDecimal ??
    (quantity === null || quantity === 0 || amount % quantity !== 0
      ? String(amount)
      : String(amount / quantity))
  return { type: 'price_details', unit_amount_decimal: unit }
}
