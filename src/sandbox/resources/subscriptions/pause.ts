import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeSubscription } from './change-subscription.ts'

type Cause = NonNullable<Subscription['status_details']>['paused']['subscription']['type']

/** Puts a subscription to `paused` (stripe-facts rows 16, 43, 44, 66): `updated`, then `paused`. */
export function pauseSubscription(
  world: World,
  id: string,
  cause: Cause,
  extra: Partial<Subscription> = {},
): Subscription {
  const { customer } = world.must('subscription', id)
  const paused = changeSubscription(world, id, {
    ...extra,
    status: 'paused',
    status_details: {
      paused: {
        subscription: { type: cause },
        transitioned_at: world.now(customer),
        type: 'subscription',
      },
    },
  })
  world.emit('customer.subscription.paused', paused)
  return paused
}

/** Undefined takes the field out of what JSON shows: it tells of a pause only. */
export const withoutPause = { status_details: undefined } as unknown as Partial<Subscription>

/** paused → active or past_due: `updated`, then `resumed` (rows 67 to 69). */
export function unpauseSubscription(
  world: World,
  id: string,
  status: 'active' | 'past_due',
  extra: Partial<Subscription> = {},
): Subscription {
  const resumed = changeSubscription(world, id, {
    ...extra,
    status,
    ...withoutPause,
  })
  world.emit('customer.subscription.resumed', resumed)
  return resumed
}
