import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { pageOf, pageOfValues, type Paging } from '../../protocol/list.ts'
import { flag, hash, paging } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { PaymentLink } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createPaymentLink } from './create-payment-link.ts'
import { linkParameters, linkUpdateParameters } from './link-parameters.ts'
import { updatePaymentLink } from './update-payment-link.ts'

const create = route({
  method: 'POST',
  path: '/v1/payment_links',
  params: linkParameters,
  handle: ({ world, params, baseUrl }) => createPaymentLink(world, params, baseUrl),
})

const update = route({
  method: 'POST',
  path: '/v1/payment_links/:link',
  params: linkUpdateParameters,
  handle: ({ world, path, params }) =>
    updatePaymentLink(world, inPath(world, 'payment_link', path['link']), params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/payment_links/:link',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'payment_link', path['link']),
})

const all = route({
  method: 'GET',
  path: '/v1/payment_links',
  params: hash({ ...paging, active: flag.optional() }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('payment_link'),
      params,
      '/v1/payment_links',
      (link) => params.active === undefined || link.active === params.active,
    ),
})

const lineItems = route({
  method: 'GET',
  path: '/v1/payment_links/:link/line_items',
  params: hash(paging),
  handle: ({ world, path, params }) =>
    lineItemsOf(world, inPath(world, 'payment_link', path['link']).id, params),
})

function lineItemsOf(world: World, id: string, params: Paging) {
  return pageOfValues(
    world.must('~payment_link', id).lines.map(({ item }) => item),
    params,
    `/v1/payment_links/${id}/line_items`,
  )
}

export const paymentLinks: Module = {
  routes: [create, update, retrieve, all, lineItems],
  includables: {
    payment_link: {
      line_items: (world: World, link: PaymentLink) => lineItemsOf(world, link.id, {}),
    },
  },
}
