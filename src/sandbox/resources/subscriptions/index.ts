import type { Module } from '../../module.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { isLive } from './change-subscription.ts'
import { cancelDisputed, DISPUTED } from './disputed.ts'
import { followPrice } from './follow-price.ts'
import { INVOICE_REACTIONS } from './invoice-reactions.ts'
import { itemRoutes } from './item-routes.ts'
import { TURN } from './next-turn.ts'
import { WITHHOLD, withhold } from './renew.ts'
import { methodSetUp } from './pending-setup.ts'
import { subscriptionRoutes } from './routes.ts'
import { billThreshold, THRESHOLD, watchThresholds } from './threshold-bill.ts'
import { turn } from './turn.ts'

export const subscriptions: Module = {
  routes: [...subscriptionRoutes, ...itemRoutes],
  jobs: {
    [TURN]: turn,
    [WITHHOLD]: withhold,
    [DISPUTED]: cancelDisputed,
    [THRESHOLD]: billThreshold,
  },
  reactions: {
    ...INVOICE_REACTIONS,
    'customer.deleting': (world, { id }) => {
      // stripe-facts row 89: "immediately cancels any active subscriptions".
      for (const subscription of world.where('subscription', 'customer', id)) {
        if (isLive(subscription)) cancelSubscription(world, subscription.id, { reason: null })
      }
    },
    'price.changed': (world, { id }) => {
      followPrice(world, id)
    },
    'usage.counted': (world, { customer }) => {
      watchThresholds(world, customer)
    },
    'setup_intent.settled': (world, { id, outcome }) => {
      if (outcome === 'succeeded') methodSetUp(world, id)
    },
    'dispute.created': (world, { id }) => {
      if (!world.settings.cancelOnDispute) return
      const { charge } = world.must('dispute', id)
      const customer = world.get('charge', charge)?.customer ?? null
      world.schedule(customer, { at: world.now(customer), name: DISPUTED, id })
    },
  },
}
