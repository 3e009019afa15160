import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf, pageOfValues } from '../../protocol/list.ts'
import { createdRange, hash, oneOf, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createCheckoutSession } from './create-checkout-session.ts'
import { expireCheckout, expireIfOpen } from './expire-checkout.ts'
import { confirmPage, retrievePage } from './payment-page.ts'
import { legacySessionParameters, sessionParameters } from './session-parameters.ts'
import { settle } from './settle.ts'
import { updateParameters, updateSession } from './update-session.ts'

const create = route({
  method: 'POST',
  path: '/v1/checkout/sessions',
  params: sessionParameters,
  legacy: legacySessionParameters,
  handle: ({ world, params, baseUrl, version }) =>
    createCheckoutSession(world, params, baseUrl, version),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/checkout/sessions/:session',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'checkout.session', path['session']),
})

const SOUGHT = ['customer', 'payment_intent', 'payment_link', 'status', 'subscription'] as const

const all = route({
  method: 'GET',
  path: '/v1/checkout/sessions',
  params: hash({
    ...paging,
    created: createdRange.optional(),
    customer: text.optional(),
    customer_details: hash({ email: text }).optional(),
    payment_intent: text.optional(),
    payment_link: text.optional(),
    status: oneOf('complete', 'expired', 'open').optional(),
    subscription: text.optional(),
  }),
  handle: ({ world, params }) => {
    const { customer_details: buyer, created } = params
    const wanted = SOUGHT.filter((field) => params[field] !== undefined)
    return pageOf(
      world.table('checkout.session'),
      params,
      '/v1/checkout/sessions',
      (session) =>
        wanted.every((field) => session[field] === params[field]) &&
        (buyer === undefined || session.customer_details?.email === buyer.email) &&
        isCreatedIn(session.created, created),
    )
  },
})

const update = route({
  method: 'POST',
  path: '/v1/checkout/sessions/:session',
  params: updateParameters,
  handle: ({ world, path, params }) =>
    updateSession(world, inPath(world, 'checkout.session', path['session']).id, params),
})

const expire = route({
  method: 'POST',
  path: '/v1/checkout/sessions/:session/expire',
  params: hash({}),
  handle: ({ world, path }) => expireCheckout(world, path['session'] ?? ''),
})

const lineItems = route({
  method: 'GET',
  path: '/v1/checkout/sessions/:session/line_items',
  params: hash(paging),
  handle: ({ world, path, params }) =>
    lineItemsOf(world, inPath(world, 'checkout.session', path['session']).id, params),
})

function lineItemsOf(world: World, id: string, params: Parameters<typeof pageOfValues>[1]) {
  return pageOfValues(
    world.must('~checkout', id).lines.map(({ item }) => item),
    params,
    `/v1/checkout/sessions/${id}/line_items`,
  )
}

export const checkout: Module = {
  routes: [create, retrieve, all, update, expire, lineItems, retrievePage, confirmPage],
  jobs: { 'checkout.expire': expireIfOpen },
  reactions: settle,
  includables: {
    'checkout.session': {
      line_items: (world: World, session: CheckoutSession) => lineItemsOf(world, session.id, {}),
    },
  },
}
