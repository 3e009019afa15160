import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf, pageOfValues } from '../../protocol/list.ts'
import {
  count,
  createdRange,
  hash,
  integer,
  list,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { attemptPayment } from './attempt-payment.ts'
import { attemptOf } from './attempt-record.ts'
import { settleDebit } from './bank-debit.ts'
import { cancelPayment, expireAuthorization, unexpectedState } from './cancel-payment.ts'
import { capturePayment } from './capture-payment.ts'
import { confirm, update } from './change-routes.ts'
import { create } from './create-route.ts'
import { captureParams } from './payment-intent-params.ts'
import { verifyMicrodeposits } from './verify-microdeposits.ts'

const retrieve = route({
  method: 'GET',
  path: '/v1/payment_intents/:intent',
  params: hash({ client_secret: text.optional() }),
  handle: ({ world, path }) =>
    inPath(world, 'payment_intent', path['intent'], 'payment_intent', 'intent'),
})

const all = route({
  method: 'GET',
  path: '/v1/payment_intents',
  params: hash({ ...paging, customer: text.optional(), created: createdRange.optional() }),
  handle: ({ world, params }) =>
    params.customer === undefined
      ? pageOf(world.table('payment_intent'), params, '/v1/payment_intents', (intent) =>
          isCreatedIn(intent.created, params.created),
        )
      : pageOfValues(
          world
            .where('payment_intent', 'customer', params.customer)
            .filter((intent) => isCreatedIn(intent.created, params.created))
            .reverse(),
          params,
          '/v1/payment_intents',
        ),
})

const capture = route({
  method: 'POST',
  path: '/v1/payment_intents/:intent/capture',
  params: captureParams,
  handle: ({ world, path, params }) => {
    const intent = inPath(world, 'payment_intent', path['intent'], 'payment_intent', 'intent')
    if (params.final_capture === false) {
      throw invalidRequest('Multicapture is not available for this PaymentIntent.', {
        param: 'final_capture',
      })
    }
    if (intent.status === 'requires_capture' && params.metadata !== undefined) {
      world.patch('payment_intent', intent.id, {
        metadata: mergeMetadata(intent.metadata, params.metadata),
      })
    }
    return capturePayment(world, intent.id, params.amount_to_capture)
  },
})

const cancel = route({
  method: 'POST',
  path: '/v1/payment_intents/:intent/cancel',
  params: hash({
    cancellation_reason: oneOf(
      'abandoned',
      'duplicate',
      'fraudulent',
      'requested_by_customer',
    ).optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id, status } = inPath(
      world,
      'payment_intent',
      path['intent'],
      'payment_intent',
      'intent',
    )
    const { invoice, checkoutSession } = attemptOf(world, id)
    // What is only held may be let go, though its session is complete (SDK; stripe-facts row 31).
    if (checkoutSession !== null && status !== 'requires_capture') {
      throw invalidRequest(
        'You cannot cancel this PaymentIntent because it belongs to a Checkout Session. Expire the Checkout Session instead.',
      )
    }
    if (invoice !== null) {
      throw invalidRequest(
        'You cannot cancel this PaymentIntent because it was created by an Invoice. To cancel the PaymentIntent, void the Invoice.',
      )
    }
    return cancelPayment(world, id, params.cancellation_reason ?? null)
  },
})

const increment = route({
  method: 'POST',
  path: '/v1/payment_intents/:intent/increment_authorization',
  params: hash({ amount: count, description: text.optional(), metadata: metadata.optional() }),
  handle: ({ world, path, params }) => {
    const intent = inPath(world, 'payment_intent', path['intent'], 'payment_intent', 'intent')
    if (intent.status !== 'requires_capture' || intent.latest_charge === null) {
      throw unexpectedState(
        intent,
        `You can't increment this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be incremented: requires_capture.`,
      )
    }
    if (params.amount <= intent.amount) {
      throw invalidRequest('The new amount must be greater than the amount authorized before.', {
        param: 'amount',
      })
    }
    world.patch('charge', intent.latest_charge, { amount: params.amount })
    const more = world.patch('payment_intent', intent.id, {
      amount: params.amount,
      amount_capturable: params.amount,
      description: params.description ?? intent.description,
      metadata: mergeMetadata(intent.metadata, params.metadata),
    })
    world.emit('payment_intent.amount_capturable_updated', more)
    return more
  },
})

const verify = route({
  method: 'POST',
  path: '/v1/payment_intents/:intent/verify_microdeposits',
  params: hash({ amounts: list(integer).optional(), descriptor_code: text.optional() }),
  handle: ({ world, path, params }) => {
    const intent = inPath(world, 'payment_intent', path['intent'], 'payment_intent', 'intent')
    const method = world.get('payment_method', intent.payment_method)
    if (intent.next_action?.type !== 'verify_with_microdeposits' || method === undefined) {
      throw unexpectedState(
        intent,
        `You cannot verify microdeposits of this PaymentIntent because it has a status of ${intent.status}.`,
      )
    }
    verifyMicrodeposits(world, intent.id, method, {
      amounts: params.amounts,
      descriptorCode: params.descriptor_code,
    })
    const { offSession } = attemptOf(world, intent.id)
    return attemptPayment(world, intent, method, { offSession })
  },
})

export const paymentIntents: Module = {
  routes: [create, retrieve, update, all, confirm, capture, cancel, increment, verify],
  jobs: {
    'payment_intent.settle_debit': settleDebit,
    'payment_intent.expire_authorization': expireAuthorization,
  },
}
