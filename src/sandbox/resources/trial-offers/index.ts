import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { pageOf } from '../../protocol/list.ts'
import { count, flag, hash, list, oneOf, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { createTrialOffer } from './create-trial-offer.ts'

const PATH = '/v1/product_catalog/trial_offers'

const create = route({
  method: 'POST',
  path: PATH,
  params: hash({
    active: flag.optional(),
    duration: hash({ relative: hash({ iterations: count }), type: oneOf('relative') }),
    end_behavior: hash({ transition: hash({ price: text }) }),
    nickname: text.optional(),
    price: text,
  }),
  handle: ({ world, params }) => createTrialOffer(world, params),
})

const update = route({
  method: 'POST',
  path: `${PATH}/:offer`,
  params: hash({ active: flag.optional() }),
  handle: ({ world, path, params }) => {
    const offer = inPath(world, 'product_catalog.trial_offer', path['offer'])
    return world.patch('product_catalog.trial_offer', offer.id, {
      active: params.active ?? offer.active,
    })
  },
})

const retrieve = route({
  method: 'GET',
  path: `${PATH}/:offer`,
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'product_catalog.trial_offer', path['offer']),
})

const all = route({
  method: 'GET',
  path: PATH,
  params: hash({ ...paging, active: flag.optional(), prices: list(text).optional() }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('product_catalog.trial_offer'),
      params,
      PATH,
      (offer) =>
        (params.active === undefined || offer.active === params.active) &&
        (params.prices === undefined || params.prices.includes(offer.price)),
    ),
})

export const trialOffers: Module = { routes: [create, update, retrieve, all] }
