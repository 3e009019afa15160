import type { Json, Shape } from './event.ts'
import { type Price, renderPlan, renderPrice } from './price.ts'
import type { Item } from './subscription-item.ts'

export interface Line {
  price: Price
  quantity: number
  /** Minor units. */
  amount: number
  periodStart: number
  periodEnd: number
  isProration: boolean
  /** null: an invoice item that belongs to no subscription item, such as a one-time price. */
  item: string | null
  /** New payloads: the line's parent is an invoice item, which names no subscription item. */
  isFromInvoiceItem?: boolean
}

/** The line Stripe bills for an item's own period. */
export function itemLine(item: Item, fields: Partial<Line> = {}): Line {
  return {
    price: item.price,
    quantity: item.quantity,
    amount: item.price.unitAmount * item.quantity,
    periodStart: item.periodStart,
    periodEnd: item.periodEnd,
    isProration: false,
    item: item.id,
    ...fields,
  }
}

/** A one-time price on an invoice. */
export function extraLine(price: Price, at: number, quantity = 1): Line {
  return {
    price,
    quantity,
    amount: price.unitAmount * quantity,
    periodStart: at,
    periodEnd: at,
    isProration: false,
    item: null,
  }
}

export interface LineIds {
  line: string
  invoice: string
  subscription: string | null
}

export function renderLine(line: Line, ids: LineIds, shape: Shape): Json {
  const common = {
    id: ids.line,
    object: 'line_item',
    amount: line.amount,
    currency: 'usd',
    description: null,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    livemode: false,
    metadata: {},
    period: { end: line.periodEnd, start: line.periodStart },
    quantity: line.quantity,
  }
  return shape === 'basil'
    ? { ...common, ...basilLine(line, ids) }
    : { ...common, ...legacyLine(line, ids) }
}

function basilLine(line: Line, ids: LineIds): Json {
  const proration = {
    proration: line.isProration,
    proration_details: { credited_items: null },
    subscription: ids.subscription,
  }
  const invoiceItem = line.item === null || line.isProration ? `ii_${ids.line}` : null
  return {
    invoice: ids.invoice,
    parent:
      line.item === null || line.isFromInvoiceItem === true
        ? {
            type: 'invoice_item_details',
            invoice_item_details: { invoice_item: invoiceItem, ...proration },
            subscription_item_details: null,
          }
        : {
            type: 'subscription_item_details',
            invoice_item_details: null,
            subscription_item_details: {
              invoice_item: invoiceItem,
              ...proration,
              subscription_item: line.item,
            },
          },
    pricing: {
      type: 'price_details',
      price_details: { price: line.price.id, product: line.price.product },
      unit_amount_decimal: String(line.price.unitAmount),
    },
    subtotal: line.amount,
    taxes: [],
  }
}

function legacyLine(line: Line, ids: LineIds): Json {
  const isInvoiceItem = line.item === null || line.isProration
  return {
    ...(isInvoiceItem ? { invoice_item: `ii_${ids.line}` } : {}),
    plan: line.price.interval === null ? null : renderPlan(line.price),
    price: renderPrice(line.price, 'legacy'),
    proration: line.isProration,
    proration_details: { credited_items: null },
    subscription: ids.subscription,
    ...(line.item === null ? {} : { subscription_item: line.item }),
    type: isInvoiceItem ? 'invoiceitem' : 'subscription',
  }
}
