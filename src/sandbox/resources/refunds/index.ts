import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf, pageOfValues } from '../../protocol/list.ts'
import {
  count,
  createdRange,
  flag,
  hash,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { previousAttributes } from '../../world/previous-attributes.ts'
import { createRefund } from './create-refund.ts'
import { settleRefund, tellUpdated } from './settle-refund.ts'

const create = route({
  method: 'POST',
  path: '/v1/refunds',
  params: hash({
    amount: count.optional(),
    charge: text.optional(),
    payment_intent: text.optional(),
    reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer').optional(),
    metadata: metadata.optional(),
    instructions_email: text.optional(),
    refund_application_fee: flag.optional(),
    reverse_transfer: flag.optional(),
  }),
  handle: ({ world, params }) =>
    createRefund(world, {
      charge: params.charge,
      paymentIntent: params.payment_intent,
      amount: params.amount,
      reason: params.reason,
      metadata: params.metadata ?? {},
    }),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/refunds/:refund',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'refund', path['refund']),
})

const update = route({
  method: 'POST',
  path: '/v1/refunds/:refund',
  params: hash({ metadata: metadata.optional() }),
  handle: ({ world, path, params }) => {
    const refund = inPath(world, 'refund', path['refund'])
    const after = world.patch('refund', refund.id, {
      metadata: mergeMetadata(refund.metadata ?? {}, params.metadata),
    })
    const previous = previousAttributes(refund, after)
    if (previous !== undefined) tellUpdated(world, refund.id, previous)
    return after
  },
})

const cancel = route({
  method: 'POST',
  path: '/v1/refunds/:refund/cancel',
  params: hash({}),
  handle: ({ world, path }) => {
    const refund = inPath(world, 'refund', path['refund'])
    // Only refunds that wait for the customer can be canceled, and none of ours does (SDK).
    throw invalidRequest(
      `You can't cancel a refund that has a status of ${String(refund.status)}. Only refunds with a status of requires_action can be canceled.`,
    )
  },
})

const all = route({
  method: 'GET',
  path: '/v1/refunds',
  params: hash({
    ...paging,
    charge: text.optional(),
    payment_intent: text.optional(),
    created: createdRange.optional(),
  }),
  handle: ({ world, params }) => {
    const index = params.charge === undefined ? 'payment_intent' : 'charge'
    const key = params.charge ?? params.payment_intent
    return key === undefined
      ? pageOf(world.table('refund'), params, '/v1/refunds', (refund) =>
          isCreatedIn(refund.created, params.created),
        )
      : pageOfValues(
          world
            .where('refund', index, key)
            .filter((refund) => isCreatedIn(refund.created, params.created))
            .reverse(),
          params,
          '/v1/refunds',
        )
  },
})

export const refunds: Module = {
  routes: [create, retrieve, update, cancel, all],
  jobs: { 'refund.settle': settleRefund },
}
