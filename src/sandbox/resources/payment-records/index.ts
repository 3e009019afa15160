import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import {
  count,
  currency,
  hash,
  metadata,
  oneOf,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { reportPayment } from './report-payment.ts'

const report = route({
  method: 'POST',
  path: '/v1/payment_records/report_payment',
  params: hash({
    amount_requested: hash({ currency, value: count }),
    initiated_at: timestamp,
    payment_method_details: hash({
      custom: hash({ display_name: text.optional(), type: text.optional() }).optional(),
      payment_method: text.optional(),
      type: oneOf('custom').optional(),
    }),
    canceled: hash({ canceled_at: timestamp }).optional(),
    customer_details: hash({
      customer: text.optional(),
      email: text.optional(),
      name: text.optional(),
      phone: text.optional(),
    }).optional(),
    customer_presence: oneOf('off_session', 'on_session').optional(),
    description: text.optional(),
    failed: hash({ failed_at: timestamp }).optional(),
    guaranteed: hash({ guaranteed_at: timestamp }).optional(),
    metadata: metadata.optional(),
    outcome: oneOf('canceled', 'failed', 'guaranteed').optional(),
    processor_details: hash({
      custom: hash({ payment_reference: text }).optional(),
      type: oneOf('custom'),
    }).optional(),
  }),
  handle: ({ world, params }) => reportPayment(world, params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/payment_records/:record',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'payment_record', path['record']),
})

export const paymentRecords: Module = { routes: [report, retrieve] }
