import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import {
  clearable,
  count,
  createdRange,
  currency,
  decimal,
  flag,
  hash,
  integer,
  list,
  metadata,
  oneOf,
  paging,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { discountChoice } from '../invoices/parameters.ts'
import { addInvoiceItem } from './add-invoice-item.ts'
import { removeInvoiceItem } from './remove-invoice-item.ts'
import { updateInvoiceItem } from './update-invoice-item.ts'

const itemParameters = {
  amount: integer.optional(),
  description: clearable(text).optional(),
  discountable: flag.optional(),
  discounts: clearable(list(discountChoice)).optional(),
  metadata: metadata.optional(),
  period: hash({ end: timestamp, start: timestamp }).optional(),
  price_data: hash({
    currency,
    product: text,
    tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
    unit_amount: integer.optional(),
    unit_amount_decimal: decimal.optional(),
  }).optional(),
  pricing: hash({ price: text.optional() }).optional(),
  quantity: count.optional(),
  tax_rates: clearable(list(text)).optional(),
  unit_amount_decimal: decimal.optional(),
}

/** Older versions name the price and a whole unit amount at the top. */
function withLegacyPrice({
  price,
  unit_amount: unit,
  ...params
}: Record<string, unknown>): Record<string, unknown> {
  return {
    ...params,
    ...(price === undefined ? {} : { pricing: { price } }),
    ...(unit === undefined ? {} : { unit_amount_decimal: unit }),
  }
}

const create = route({
  method: 'POST',
  path: '/v1/invoiceitems',
  params: hash({
    ...itemParameters,
    currency: currency.optional(),
    customer: text.optional(),
    invoice: text.optional(),
    subscription: text.optional(),
  }),
  legacy: withLegacyPrice,
  handle: ({ world, params }) => addInvoiceItem(world, params),
})

const update = route({
  method: 'POST',
  path: '/v1/invoiceitems/:item',
  params: hash(itemParameters),
  legacy: withLegacyPrice,
  handle: ({ world, path, params }) =>
    updateInvoiceItem(world, inPath(world, 'invoiceitem', path['item']).id, params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/invoiceitems/:item',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'invoiceitem', path['item']),
})

const all = route({
  method: 'GET',
  path: '/v1/invoiceitems',
  params: hash({
    ...paging,
    created: createdRange.optional(),
    customer: text.optional(),
    invoice: text.optional(),
    pending: flag.optional(),
  }),
  handle: ({ world, params }) => {
    if (params.invoice !== undefined) inParameter(world, 'invoice', params.invoice, 'invoice')
    if (params.pending === true && params.invoice !== undefined) {
      throw invalidRequest('You cannot list the pending items of an invoice.', { param: 'pending' })
    }
    return pageOf(
      world.table('invoiceitem'),
      params,
      '/v1/invoiceitems',
      (item) =>
        (params.customer === undefined || item.customer === params.customer) &&
        (params.invoice === undefined || item.invoice === params.invoice) &&
        (params.pending === undefined || (item.invoice === null) === params.pending) &&
        isCreatedIn(item.date, params.created),
    )
  },
})

const remove = route({
  method: 'DELETE',
  path: '/v1/invoiceitems/:item',
  params: hash({}),
  handle: ({ world, path }) => {
    const { id } = inPath(world, 'invoiceitem', path['item'])
    removeInvoiceItem(world, id)
    return { id, object: 'invoiceitem', deleted: true }
  },
})

export const invoiceItems: Module = { routes: [create, update, retrieve, all, remove] }
