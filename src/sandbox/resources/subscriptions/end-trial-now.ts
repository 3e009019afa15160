import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { endSubscription } from './cancel-subscription.ts'
import { changeSubscription } from './change-subscription.ts'
import { missingMethodBehavior } from './end-trial.ts'
import { pauseSubscription } from './pause.ts'

/**
 * A trial ended at once without anything to charge, where that pauses or cancels (stripe-facts rows
 * 15, 16 and 18). True where it did.
 */
export function endsForWant(world: World, id: string, fields: Partial<Subscription>): boolean {
  const before = world.must('subscription', id)
  const payer = { ...before, ...fields }
  world.emit('customer.subscription.trial_will_end', before)
  if (payer.default_payment_method !== before.default_payment_method) return false
  const missing = missingMethodBehavior(world, id)
  const over = { ...fields, trial_end: world.now(before.customer) }
  if (missing === 'pause') {
    pauseSubscription(world, id, 'trial_end_without_payment_method', over)
    return true
  }
  if (missing === 'cancel') {
    changeSubscription(world, id, over)
    endSubscription(world, id, { reason: null })
    return true
  }
  return false
}
