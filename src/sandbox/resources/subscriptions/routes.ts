import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf, pageOfValues } from '../../protocol/list.ts'
import { createdRange, flag, hash, oneOf, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { isBefore } from '../../protocol/versions.ts'
import type { Subscription } from '../../tables.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { createSubscription } from './create-subscription.ts'
import { cancellationDetails, createParameters, updateParameters } from './parameters.ts'
import { legacySubscription } from './legacy-parameters.ts'
import { stateRoutes } from './state-routes.ts'
import type { SubscriptionInput, SubscriptionUpdate } from './subscription-input.ts'
import { updateSubscription } from './update-subscription.ts'

/** The version since which new subscriptions are flexible (docs: billing mode). */
const CLOVER = '2025-09-30'

const create = route({
  method: 'POST',
  path: '/v1/subscriptions',
  params: createParameters,
  legacy: legacySubscription,
  handle: ({ world, params, version }) => {
    const mode = isBefore(version, CLOVER) ? 'classic' : 'flexible'
    return createSubscription(world, {
      ...params,
      billing_mode: params.billing_mode ?? { type: mode },
      pendingSetup: params.payment_behavior === 'default_incomplete',
    } as SubscriptionInput)
  },
})

const update = route({
  method: 'POST',
  path: '/v1/subscriptions/:subscription',
  params: updateParameters,
  legacy: legacySubscription,
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'subscription', path['subscription'])
    const { billing_cycle_anchor: anchor, ...rest } = params
    return updateSubscription(world, id, {
      ...rest,
      billing_cycle_anchor: anchor?.type,
    } as SubscriptionUpdate)
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/subscriptions/:subscription',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'subscription', path['subscription']),
})

const STATUSES = [
  'active',
  'all',
  'canceled',
  'ended',
  'incomplete',
  'incomplete_expired',
  'past_due',
  'paused',
  'trialing',
  'unpaid',
] as const

const all = route({
  method: 'GET',
  path: '/v1/subscriptions',
  params: hash({
    ...paging,
    automatic_tax: hash({ enabled: flag }).optional(),
    collection_method: oneOf('charge_automatically', 'send_invoice').optional(),
    created: createdRange.optional(),
    current_period_end: createdRange.optional(),
    current_period_start: createdRange.optional(),
    customer: text.optional(),
    plan: text.optional(),
    price: text.optional(),
    status: oneOf(...STATUSES).optional(),
    test_clock: text.optional(),
  }),
  handle: ({ world, params }) => {
    const price = params.price ?? params.plan
    const keep = (subscription: Subscription) =>
      hasStatus(subscription, params.status) &&
      isCreatedIn(subscription.created, params.created) &&
      (params.collection_method === undefined ||
        subscription.collection_method === params.collection_method) &&
      (params.automatic_tax === undefined ||
        subscription.automatic_tax.enabled === params.automatic_tax.enabled) &&
      (params.test_clock === undefined || subscription.test_clock === params.test_clock) &&
      subscription.items.data.some(
        (item) =>
          (price === undefined || item.price.id === price) &&
          isCreatedIn(item.current_period_end, params.current_period_end) &&
          isCreatedIn(item.current_period_start, params.current_period_start),
      )
    if (params.customer === undefined) {
      return pageOf(world.table('subscription'), params, '/v1/subscriptions', keep)
    }
    const own = world.where('subscription', 'customer', params.customer).filter(keep)
    return pageOfValues(own.reverse(), params, '/v1/subscriptions')
  },
})

/** "By default, returns a list of subscriptions that have not been canceled" (SDK). */
function hasStatus(
  { status }: Subscription,
  asked: (typeof STATUSES)[number] | undefined,
): boolean {
  switch (asked) {
    case 'all':
      return true
    case undefined:
      return status !== 'canceled'
    case 'ended':
      return status === 'canceled' || status === 'incomplete_expired'
    default:
      return status === asked
  }
}

const cancel = route({
  method: 'DELETE',
  path: '/v1/subscriptions/:subscription',
  params: hash({
    cancellation_details: cancellationDetails.optional(),
    invoice_now: flag.optional(),
    prorate: flag.optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'subscription', path['subscription'])
    return cancelSubscription(world, id, {
      reason: 'cancellation_requested',
      comment: params.cancellation_details?.comment,
      feedback: params.cancellation_details?.feedback,
      invoiceNow: params.invoice_now,
      prorate: params.prorate,
    })
  },
})

export const subscriptionRoutes = [create, update, retrieve, all, cancel, ...stateRoutes]
