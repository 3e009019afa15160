import type { World } from '../../world/world.ts'
import { noteOf, recordOf } from './change-subscription.ts'
import { TRIAL_WARNING_SECONDS } from './next-turn.ts'

/**
 * `trial_will_end` three days before, or at once for a trial with less than that to go (row 12);
 * once for each end a trial is given.
 */
export function warnOfTrialEnd(world: World, id: string): void {
  const subscription = world.must('subscription', id)
  const { trial_end: end } = subscription
  if (subscription.status !== 'trialing' || end === null) return
  if (world.now(subscription.customer) < end - TRIAL_WARNING_SECONDS) return
  if (recordOf(world, id).warnedOfTrialEnd === end) return
  noteOf(world, id, { warnedOfTrialEnd: end })
  world.emit('customer.subscription.trial_will_end', subscription)
}
