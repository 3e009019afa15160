import { decimalText, ONE, unitsOf } from '../resources/prices/decimal.ts'
import { planOf } from '../resources/prices/plan-of.ts'
import type { World } from '../world/world.ts'
import { fieldsOf, idOf, without, type Fields, type OldShape } from './old-shape.ts'
import { exceptIncluded, oldTaxAmounts, oldTaxRates } from './old-taxes.ts'

/** A line of an invoice: price and plan whole, proration and item beside them. */
export const oldLine: OldShape = ({ world }, line) => {
  const parent = fieldsOf(line['parent'])
  const ofItem = fieldsOf(parent['subscription_item_details'])
  const ofInvoiceItem = fieldsOf(parent['invoice_item_details'])
  const details = parent['type'] === 'subscription_item_details' ? ofItem : ofInvoiceItem
  const invoiceItem = details['invoice_item'] ?? null
  const net = exceptIncluded(line['amount'], line['taxes'])
  return {
    ...without(
      line,
      'parent',
      'pretax_credit_amounts',
      'pricing',
      'quantity_decimal',
      'subtotal',
      'taxes',
    ),
    amount_excluding_tax: net,
    ...(invoiceItem === null ? {} : { invoice_item: invoiceItem }),
    ...priced(world, line),
    proration: details['proration'] ?? false,
    proration_details: details['proration_details'] ?? { credited_items: null },
    subscription: details['subscription'] ?? line['subscription'] ?? null,
    ...(ofItem['subscription_item'] === undefined
      ? {}
      : { subscription_item: ofItem['subscription_item'] }),
    tax_amounts: oldTaxAmounts(line['taxes']),
    tax_rates: oldTaxRates(world, line['taxes']),
    type: invoiceItem === null ? 'subscription' : 'invoiceitem',
    unit_amount_excluding_tax: unitAmount(net, line['quantity']),
  }
}

export const oldInvoiceItem: OldShape = ({ world }, item) => {
  const { subscription, subscription_item: subscriptionItem } = fieldsOf(
    fieldsOf(item['parent'])['subscription_details'],
  )
  const decimal = fieldsOf(item['pricing'])['unit_amount_decimal'] ?? null
  const units = typeof decimal === 'string' ? unitsOf(decimal) : null
  return {
    ...without(
      item,
      'customer_account',
      'frozen_fields',
      'invoicing_rules',
      'net_amount',
      'parent',
      'pricing',
      'proration_details',
      'quantity_decimal',
    ),
    ...priced(world, item),
    subscription: subscription ?? null,
    ...(subscriptionItem === undefined ? {} : { subscription_item: subscriptionItem }),
    unit_amount: units !== null && units % ONE === 0n ? Number(units / ONE) : null,
    unit_amount_decimal: decimal,
  }
}

function priced(world: World, of: Fields): Fields {
  const reference = fieldsOf(fieldsOf(of['pricing'])['price_details'])['price']
  const price = world.get('price', idOf(reference))
  return price === undefined ? { price: null, plan: null } : { price, plan: planOf(price) }
}

function unitAmount(net: number, quantity: unknown): string | null {
  if (typeof quantity !== 'number' || quantity === 0) return quantity === 0 ? '0' : null
  return decimalText(unitsOf(net) / BigInt(quantity))
}
