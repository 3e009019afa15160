import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import {
  createdRange,
  hash,
  integer,
  list,
  oneOf,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { verifyMicrodeposits } from '../payment-intents/verify-microdeposits.ts'
import { attemptSetup } from './attempt-setup.ts'
import { confirm, create, update } from './change-routes.ts'
import { unexpectedState } from './setup-intent-state.ts'
import { cancelSetup } from './cancel-setup.ts'

const PATH = '/v1/setup_intents/:intent'

const cancel = route({
  method: 'POST',
  path: `${PATH}/cancel`,
  params: hash({
    cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer').optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'setup_intent', path['intent'], 'setupintent', 'intent')
    return cancelSetup(world, id, params.cancellation_reason ?? null)
  },
})

const verify = route({
  method: 'POST',
  path: `${PATH}/verify_microdeposits`,
  params: hash({ amounts: list(integer).optional(), descriptor_code: text.optional() }),
  handle: ({ world, path, params }) => {
    const intent = inPath(world, 'setup_intent', path['intent'], 'setupintent', 'intent')
    const method = world.get('payment_method', intent.payment_method)
    if (intent.next_action?.type !== 'verify_with_microdeposits' || method === undefined) {
      throw unexpectedState(
        intent,
        `You cannot verify microdeposits of this SetupIntent because it has a status of ${intent.status}.`,
      )
    }
    verifyMicrodeposits(world, intent.id, method, {
      amounts: params.amounts,
      descriptorCode: params.descriptor_code,
    })
    return attemptSetup(world, intent, method, {})
  },
})

const retrieve = route({
  method: 'GET',
  path: PATH,
  params: hash({ client_secret: text.optional() }),
  handle: ({ world, path }) =>
    inPath(world, 'setup_intent', path['intent'], 'setupintent', 'intent'),
})

const all = route({
  method: 'GET',
  path: '/v1/setup_intents',
  params: hash({
    ...paging,
    customer: text.optional(),
    payment_method: text.optional(),
    created: createdRange.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('setup_intent'),
      params,
      '/v1/setup_intents',
      (intent) =>
        (params.customer === undefined || intent.customer === params.customer) &&
        (params.payment_method === undefined || intent.payment_method === params.payment_method) &&
        isCreatedIn(intent.created, params.created),
    ),
})

export const setupIntents: Module = {
  routes: [create, retrieve, update, all, confirm, cancel, verify],
}
