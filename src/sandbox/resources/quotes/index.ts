import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { pageOf, pageOfValues } from '../../protocol/list.ts'
import { hash, oneOf, paging, text, timestamp } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { Quote } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { acceptQuote } from './accept-quote.ts'
import { createQuote } from './create-quote.ts'
import { createQuoteParameters, updateQuoteParameters } from './parameters.ts'
import { cancelQuote, expireQuote, finalizeQuote, updateQuote } from './quote-acts.ts'

const create = route({
  method: 'POST',
  path: '/v1/quotes',
  params: createQuoteParameters,
  handle: ({ world, params }) => createQuote(world, params),
})

const update = route({
  method: 'POST',
  path: '/v1/quotes/:quote',
  params: updateQuoteParameters,
  handle: ({ world, path, params }) =>
    updateQuote(world, inPath(world, 'quote', path['quote']).id, params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/quotes/:quote',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'quote', path['quote']),
})

const all = route({
  method: 'GET',
  path: '/v1/quotes',
  params: hash({
    ...paging,
    customer: text.optional(),
    status: oneOf('accepted', 'canceled', 'draft', 'open').optional(),
    test_clock: text.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('quote'),
      params,
      '/v1/quotes',
      (quote) =>
        (params.customer === undefined || quote.customer === params.customer) &&
        (params.status === undefined || quote.status === params.status) &&
        (params.test_clock === undefined || quote.test_clock === params.test_clock),
    ),
})

const finalize = route({
  method: 'POST',
  path: '/v1/quotes/:quote/finalize',
  params: hash({ expires_at: timestamp.optional() }),
  handle: ({ world, path, params }) =>
    finalizeQuote(world, inPath(world, 'quote', path['quote']).id, params.expires_at),
})

const accept = route({
  method: 'POST',
  path: '/v1/quotes/:quote/accept',
  params: hash({}),
  handle: ({ world, path }) => acceptQuote(world, inPath(world, 'quote', path['quote']).id),
})

const cancel = route({
  method: 'POST',
  path: '/v1/quotes/:quote/cancel',
  params: hash({}),
  handle: ({ world, path }) => cancelQuote(world, inPath(world, 'quote', path['quote']).id),
})

const lineItems = route({
  method: 'GET',
  path: '/v1/quotes/:quote/line_items',
  params: hash(paging),
  handle: ({ world, path, params }) => {
    const quote = inPath(world, 'quote', path['quote'])
    return pageOfValues(itemsOf(world, quote), params, `/v1/quotes/${quote.id}/line_items`)
  },
})

const upfrontItems = route({
  method: 'GET',
  path: '/v1/quotes/:quote/computed_upfront_line_items',
  params: hash(paging),
  handle: ({ world, path, params }) => {
    const quote = inPath(world, 'quote', path['quote'])
    const url = `/v1/quotes/${quote.id}/computed_upfront_line_items`
    return pageOfValues(itemsOf(world, quote), params, url)
  },
})

function itemsOf(world: World, quote: Quote) {
  return world.must('~quote', quote.id).lines.map(({ item }) => item)
}

export const quotes: Module = {
  routes: [create, update, retrieve, all, finalize, accept, cancel, lineItems, upfrontItems],
  jobs: { 'quote.expire': expireQuote },
  includables: {
    quote: {
      line_items: (world, quote: Quote) =>
        pageOfValues(itemsOf(world, quote), {}, `/v1/quotes/${quote.id}/line_items`),
    },
  },
}
