import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf, pageOfValues } from '../../protocol/list.ts'
import {
  count,
  createdRange,
  hash,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { Charge, Refund } from '../../tables.ts'
import type { WireList } from '../../wire.ts'
import type { World } from '../../world/world.ts'
import { captureCharge } from '../payment-intents/capture-payment.ts'
import { shipping } from '../payment-intents/payment-intent-params.ts'
import { shippingOf } from '../payment-intents/shipping.ts'
import { bookLate } from './settle-charge.ts'

const retrieve = route({
  method: 'GET',
  path: '/v1/charges/:charge',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'charge', path['charge']),
})

const update = route({
  method: 'POST',
  path: '/v1/charges/:charge',
  params: hash({
    description: text.optional(),
    fraud_details: hash({ user_report: oneOf('fraudulent', 'safe') }).optional(),
    metadata: metadata.optional(),
    receipt_email: text.optional(),
    shipping: shipping.optional(),
    transfer_group: text.optional(),
  }),
  handle: ({ world, path, params }) => {
    const charge = inPath(world, 'charge', path['charge'])
    return world.change(
      'charge',
      charge.id,
      {
        description: params.description ?? charge.description,
        fraud_details: params.fraud_details ?? charge.fraud_details,
        metadata: mergeMetadata(charge.metadata, params.metadata),
        receipt_email: params.receipt_email ?? charge.receipt_email,
        shipping: params.shipping === undefined ? charge.shipping : shippingOf(params.shipping),
        transfer_group: params.transfer_group ?? charge.transfer_group,
      },
      'charge.updated',
    )
  },
})

const capture = route({
  method: 'POST',
  path: '/v1/charges/:charge/capture',
  params: hash({
    amount: count.optional(),
    receipt_email: text.optional(),
    statement_descriptor: text.optional(),
    statement_descriptor_suffix: text.optional(),
  }),
  handle: ({ world, path, params }) =>
    captureCharge(world, inPath(world, 'charge', path['charge']), params.amount),
})

const all = route({
  method: 'GET',
  path: '/v1/charges',
  params: hash({
    ...paging,
    customer: text.optional(),
    payment_intent: text.optional(),
    transfer_group: text.optional(),
    created: createdRange.optional(),
  }),
  handle: ({ world, params }) => {
    const keep = (charge: Charge) =>
      (params.customer === undefined || charge.customer === params.customer) &&
      (params.payment_intent === undefined || charge.payment_intent === params.payment_intent) &&
      (params.transfer_group === undefined || charge.transfer_group === params.transfer_group) &&
      isCreatedIn(charge.created, params.created)
    const index = params.payment_intent === undefined ? 'customer' : 'payment_intent'
    const key = params.payment_intent ?? params.customer
    return key === undefined
      ? pageOf(world.table('charge'), params, '/v1/charges', keep)
      : pageOfValues(
          world.where('charge', index, key).filter(keep).reverse(),
          params,
          '/v1/charges',
        )
  },
})

/** `charge.refunds`, where it is asked for: the ten newest. */
function refundsOf(world: World, charge: Charge): WireList<Refund> {
  return pageOfValues(
    world.where('refund', 'charge', charge.id).reverse(),
    {},
    `/v1/charges/${charge.id}/refunds`,
  )
}

export const charges: Module = {
  routes: [retrieve, update, capture, all],
  jobs: { 'charge.capture_asynchronously': bookLate },
  includables: { charge: { refunds: refundsOf } },
}
