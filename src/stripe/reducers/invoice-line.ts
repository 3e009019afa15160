import type { InvoiceLineState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { boughtPrice, isMeteredPrice, priceObject } from './bought-price.ts'

export interface InvoiceLines {
  lines: InvoiceLineState[]
  hasMore: boolean
  /** Metadata of the first line that is a subscription's own; empty where there is none. */
  subscriptionMetadata: Record<string, string>
}

export function invoiceLines(
  invoice: Fields,
  invoiceId: string,
  subscription: string | null,
): InvoiceLines {
  const list = invoice.list('lines')
  const entries = list?.entries ?? []
  const own = entries.find(isSubscriptionLine)
  return {
    lines: entries.map((line, index) =>
      invoiceLine(line, line.id('id') ?? `${invoiceId}#${index}`, subscription),
    ),
    hasMore: list?.hasMore ?? false,
    subscriptionMetadata: own?.metadata('metadata') ?? {},
  }
}

function invoiceLine(
  line: Fields,
  id: string,
  invoiceSubscription: string | null,
): InvoiceLineState {
  const parent = line.child('parent')
  const ofItem = parent.child('subscription_item_details')
  const ofInvoiceItem = parent.child('invoice_item_details')
  const period = line.child('period')
  const isOwn = isSubscriptionLine(line)
  return {
    id,
    ...boughtPrice(line),
    subscriptionItem: ofItem.id('subscription_item') ?? line.id('subscription_item'),
    subscription:
      ofItem.id('subscription') ??
      ofInvoiceItem.id('subscription') ??
      line.id('subscription') ??
      (isOwn ? subscriptionByName(id, invoiceSubscription) : null),
    isProration:
      line.flag('proration') ??
      ofItem.flag('proration') ??
      ofInvoiceItem.flag('proration') ??
      false,
    isSubscriptionLine: isOwn,
    isMetered: isMeteredPrice(priceObject(line)),
    amount: line.requiredInteger('amount'),
    periodStart: period.integer('start'),
    periodEnd: period.integer('end'),
  }
}

/** Since basil a proration may hang under its subscription item, told apart by its invoice item. */
function isSubscriptionLine(line: Fields): boolean {
  const parent = line.child('parent')
  const type = parent.text('type')
  if (type !== null) {
    const ofItem = parent.child('subscription_item_details')
    return type === 'subscription_item_details' && !ofItem.has('invoice_item')
  }
  return line.text('type') === 'subscription'
}

/** In the first years a subscription's line had the subscription's id for its own. */
function subscriptionByName(lineId: string, invoiceSubscription: string | null): string | null {
  return lineId.startsWith('sub_') ? lineId : invoiceSubscription
}
