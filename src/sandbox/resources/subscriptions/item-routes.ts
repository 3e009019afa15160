import { inParameter, inPath } from '../../protocol/find.ts'
import { pageOfValues } from '../../protocol/list.ts'
import { hash, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import {
  itemCreateParameters,
  itemDeleteParameters,
  itemUpdateParameters,
} from './item-parameters.ts'
import type { SubscriptionUpdate } from './subscription-input.ts'
import { updateSubscription } from './update-subscription.ts'

const create = route({
  method: 'POST',
  path: '/v1/subscription_items',
  params: itemCreateParameters,
  handle: ({ world, params }) => {
    const {
      subscription: id,
      payment_behavior,
      proration_behavior,
      proration_date,
      ...item
    } = params
    const before = inParameter(world, 'subscription', id, 'subscription')
    const known = new Set(before.items.data.map((own) => own.id))
    const after = updateSubscription(world, id, {
      items: [item],
      payment_behavior,
      proration_behavior,
      proration_date,
    } as SubscriptionUpdate)
    const items = [...after.items.data, ...(after.pending_update?.subscription_items ?? [])]
    return items.find((own) => !known.has(own.id)) ?? after
  },
})

const update = route({
  method: 'POST',
  path: '/v1/subscription_items/:item',
  params: itemUpdateParameters,
  handle: ({ world, path, params }) => {
    const item = inPath(world, 'subscription_item', path['item'], 'subscription item')
    const { payment_behavior, proration_behavior, proration_date, off_session, ...change } = params
    updateSubscription(world, item.subscription, {
      items: [{ ...change, id: item.id }],
      payment_behavior,
      proration_behavior,
      proration_date,
      off_session,
    } as SubscriptionUpdate)
    return world.must('subscription_item', item.id)
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/subscription_items/:item',
  params: hash({}),
  handle: ({ world, path }) =>
    inPath(world, 'subscription_item', path['item'], 'subscription item'),
})

const all = route({
  method: 'GET',
  path: '/v1/subscription_items',
  params: hash({ ...paging, subscription: text }),
  handle: ({ world, params }) => {
    const subscription = inParameter(world, 'subscription', params.subscription, 'subscription')
    return pageOfValues(subscription.items.data, params, '/v1/subscription_items')
  },
})

const remove = route({
  method: 'DELETE',
  path: '/v1/subscription_items/:item',
  params: itemDeleteParameters,
  handle: ({ world, path, params }) => {
    const item = inPath(world, 'subscription_item', path['item'], 'subscription item')
    const { clear_usage, ...rest } = params
    updateSubscription(world, item.subscription, {
      items: [{ id: item.id, deleted: true, clear_usage }],
      ...rest,
    })
    return { id: item.id, object: 'subscription_item', deleted: true }
  },
})

export const itemRoutes = [create, update, retrieve, all, remove]
