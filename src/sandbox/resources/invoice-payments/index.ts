import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import { createdRange, hash, oneOf, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'

const retrieve = route({
  method: 'GET',
  path: '/v1/invoice_payments/:payment',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'invoice_payment', path['payment'], 'invoice payment'),
})

const all = route({
  method: 'GET',
  path: '/v1/invoice_payments',
  params: hash({
    ...paging,
    created: createdRange.optional(),
    invoice: text.optional(),
    payment: hash({
      payment_intent: text.optional(),
      payment_record: text.optional(),
      type: oneOf('payment_intent', 'payment_record'),
    }).optional(),
    status: oneOf('canceled', 'open', 'paid').optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('invoice_payment'),
      params,
      '/v1/invoice_payments',
      ({ created, invoice, payment, status }) =>
        (params.invoice === undefined || invoice === params.invoice) &&
        (params.status === undefined || status === params.status) &&
        (params.payment === undefined ||
          (payment.type === params.payment.type &&
            (params.payment.payment_intent === undefined ||
              payment.payment_intent === params.payment.payment_intent) &&
            (params.payment.payment_record === undefined ||
              payment.payment_record === params.payment.payment_record))) &&
        isCreatedIn(created, params.created),
    ),
})

export const invoicePayments: Module = { routes: [retrieve, all] }
