import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import { createdRange, currency, hash, oneOf, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import {
  collectByItself,
  fallDue,
  finalizeByItself,
  stopAdvancing,
  voidByItself,
} from './advance-invoice.ts'
import { attachPayment } from './attach-payment.ts'
import { attachRecord } from './attach-record.ts'
import { createInvoice } from './create-invoice.ts'
import { deleteInvoice } from './delete-invoice.ts'
import { finalize, throwUnfinalized } from './finalize-route.ts'
import { openIntentOf } from './invoice-intent.ts'
import { updateInvoice } from './invoice-update.ts'
import { lineRoutes } from './line-routes.ts'
import { markUncollectible } from './mark-uncollectible.ts'
import { invoiceParameters } from './parameters.ts'
import { pay } from './pay-route.ts'
import { paymentSettled } from './payment-settled.ts'
import { preview } from './preview-route.ts'
import { sendInvoice } from './send-invoice.ts'
import { announceUpcoming, scheduleUpcoming } from './upcoming.ts'
import { voidInvoice } from './void-invoice.ts'

const create = route({
  method: 'POST',
  path: '/v1/invoices',
  params: hash({
    ...invoiceParameters,
    currency: currency.optional(),
    customer: text.optional(),
    pending_invoice_items_behavior: oneOf('exclude', 'include').optional(),
    subscription: text.optional(),
  }),
  handle: ({ world, params }) => createInvoice(world, params),
})

const update = route({
  method: 'POST',
  path: '/v1/invoices/:invoice',
  params: hash(invoiceParameters),
  handle: ({ world, path, params }) =>
    updateInvoice(world, inPath(world, 'invoice', path['invoice']).id, params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/invoices/:invoice',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'invoice', path['invoice']),
})

const all = route({
  method: 'GET',
  path: '/v1/invoices',
  params: hash({
    ...paging,
    collection_method: oneOf('charge_automatically', 'send_invoice').optional(),
    created: createdRange.optional(),
    customer: text.optional(),
    due_date: createdRange.optional(),
    status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void').optional(),
    subscription: text.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('invoice'),
      params,
      '/v1/invoices',
      (invoice) =>
        (params.customer === undefined || invoice.customer === params.customer) &&
        (params.status === undefined || invoice.status === params.status) &&
        (params.collection_method === undefined ||
          invoice.collection_method === params.collection_method) &&
        (params.subscription === undefined ||
          invoice.parent?.subscription_details?.subscription === params.subscription) &&
        (params.due_date === undefined ||
          (invoice.due_date !== null && isCreatedIn(invoice.due_date, params.due_date))) &&
        isCreatedIn(invoice.created, params.created),
    ),
})

const remove = route({
  method: 'DELETE',
  path: '/v1/invoices/:invoice',
  params: hash({}),
  handle: ({ world, path }) => {
    const { id } = inPath(world, 'invoice', path['invoice'])
    deleteInvoice(world, id)
    return { id, object: 'invoice', deleted: true }
  },
})

const send = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/send',
  params: hash({}),
  handle: ({ world, path }) => {
    const sent = sendInvoice(world, inPath(world, 'invoice', path['invoice']).id)
    throwUnfinalized(sent)
    return sent
  },
})

const voiding = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/void',
  params: hash({}),
  handle: ({ world, path }) => voidInvoice(world, inPath(world, 'invoice', path['invoice']).id),
})

const uncollectible = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/mark_uncollectible',
  params: hash({}),
  handle: ({ world, path }) =>
    markUncollectible(world, inPath(world, 'invoice', path['invoice']).id),
})

const attach = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/attach_payment',
  params: hash({ payment_intent: text.optional(), payment_record: text.optional() }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'invoice', path['invoice'])
    const { payment_intent: intent, payment_record: record } = params
    if ((intent === undefined) === (record === undefined)) {
      throw invalidRequest('You must pass exactly one of payment_intent and payment_record.')
    }
    if (record !== undefined) {
      inParameter(world, 'payment_record', record, 'payment_record')
      return attachRecord(world, id, record)
    }
    inParameter(world, 'payment_intent', intent ?? '', 'payment_intent')
    return attachPayment(world, id, intent ?? '')
  },
})

export const invoices: Module = {
  routes: [
    create,
    preview,
    update,
    retrieve,
    all,
    remove,
    finalize,
    pay,
    send,
    voiding,
    uncollectible,
    attach,
    ...lineRoutes,
  ],
  jobs: {
    'invoice.finalize': finalizeByItself,
    'invoice.collect': collectByItself,
    'invoice.due': fallDue,
    'invoice.void': voidByItself,
    'invoice.upcoming': announceUpcoming,
  },
  reactions: {
    'payment_intent.settled': paymentSettled,
    'subscription.changed': (world, { id }) => {
      scheduleUpcoming(world, id)
    },
    'customer.deleting': (world, { id }) => {
      for (const invoice of world.where('invoice', 'customer', id)) {
        if (invoice.auto_advance === true) stopAdvancing(world, invoice.id)
      }
    },
  },
  includables: {
    invoice: {
      payments: (world, { id }: Invoice) => {
        const payments = world.where('invoice_payment', 'invoice', id).reverse()
        return {
          object: 'list',
          data: payments.slice(0, 10),
          has_more: payments.length > 10,
          url: '/v1/invoice_payments',
        }
      },
      confirmation_secret: (world, { id }: Invoice) => {
        const intent = openIntentOf(world, id)
        const secret = intent?.client_secret ?? null
        return secret === null ? null : { client_secret: secret, type: 'payment_intent' }
      },
    },
  },
}
