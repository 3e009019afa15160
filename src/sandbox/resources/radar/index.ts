import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import { createdRange, hash, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { disarmWarnings } from './after-refund.ts'
import { closeReview, closeReviewOf } from './close-review.ts'

const retrieveReview = route({
  method: 'GET',
  path: '/v1/reviews/:review',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'review', path['review']),
})

/** "A list of `Review` objects that have `open` set to `true`" (SDK). */
const openReviews = route({
  method: 'GET',
  path: '/v1/reviews',
  params: hash({ ...paging, created: createdRange.optional() }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('review'),
      params,
      '/v1/reviews',
      ({ open, created }) => open && isCreatedIn(created, params.created),
    ),
})

const approve = route({
  method: 'POST',
  path: '/v1/reviews/:review/approve',
  params: hash({}),
  handle: ({ world, path }) =>
    closeReview(world, inPath(world, 'review', path['review']).id, 'approved'),
})

const retrieveWarning = route({
  method: 'GET',
  path: '/v1/radar/early_fraud_warnings/:warning',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'radar.early_fraud_warning', path['warning']),
})

const warnings = route({
  method: 'GET',
  path: '/v1/radar/early_fraud_warnings',
  params: hash({
    ...paging,
    charge: text.optional(),
    payment_intent: text.optional(),
    created: createdRange.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('radar.early_fraud_warning'),
      params,
      '/v1/radar/early_fraud_warnings',
      (warning) =>
        (params.charge === undefined || warning.charge === params.charge) &&
        (params.payment_intent === undefined || warning.payment_intent === params.payment_intent) &&
        isCreatedIn(warning.created, params.created),
    ),
})

export const radar: Module = {
  routes: [retrieveReview, openReviews, approve, retrieveWarning, warnings],
  reactions: {
    'dispute.created': (world, { id }) => {
      const { charge } = world.must('dispute', id)
      closeReviewOf(world, charge, 'disputed')
      disarmWarnings(world, charge)
    },
  },
}
