import './quiet.ts'
import type { Contestant } from '../../../test/gauntlet/live/contestant.ts'
import { createTables } from './engine.ts'
import { openSyncSeat } from './sync-seat.ts'

export const syncEngine: Contestant = {
  name: 'sync-engine',
  setUp:
    '@stripe/sync-engine 1.0.32 as it is without options: each webhook writes its row. It has no lines of Checkout Sessions then. Access: stripe.subscriptions of status active or trialing.',
  covers: ['subscriptions'],
  prepare: createTables,
  open: (setting) => openSyncSeat(setting, {}),
}

export const syncEngineRevalidated: Contestant = {
  name: 'sync-engine-revalidated',
  setUp:
    '@stripe/sync-engine 1.0.32 with revalidateObjectsViaStripeApi for customers, subscriptions and Checkout Sessions, its option against late events, and autoExpandLists, which brings the lines of Sessions. Access: stripe.subscriptions of status active or trialing; Sessions complete and not unpaid, their charge not refunded.',
  covers: ['subscriptions', 'purchases'],
  prepare: createTables,
  open: (setting) =>
    openSyncSeat(setting, {
      autoExpandLists: true,
      revalidateObjectsViaStripeApi: ['customer', 'subscription', 'checkout_sessions'],
    }),
}
