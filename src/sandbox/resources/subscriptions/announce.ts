import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { noteOf, recordOf } from './change-subscription.ts'
import { scheduleTurn } from './next-turn.ts'
import { warnOfTrialEnd } from './trial-warning.ts'

/**
 * Tells of a new subscription, once what it is born as is known: a first payment that succeeds within
 * the request shows it active from the start (stripe-facts §1.0 L2; row 50 for one that fails).
 */
export function announce(world: World, id: string): Subscription {
  if (!recordOf(world, id).announced) {
    noteOf(world, id, { announced: true })
    world.emit('customer.subscription.created', world.must('subscription', id))
    warnOfTrialEnd(world, id)
    scheduleTurn(world, world.must('subscription', id))
    world.signal('subscription.changed', { id })
  }
  return world.must('subscription', id)
}
