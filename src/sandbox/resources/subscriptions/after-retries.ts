import type { World } from '../../world/world.ts'
import { endSubscription } from './cancel-subscription.ts'
import { changeSubscription } from './change-subscription.ts'
import { pauseSubscription } from './pause.ts'

/** What the account's setting makes of a subscription nobody pays for (stripe-facts row 43). */
export function afterLastRetry(world: World, id: string): void {
  const subscription = world.must('subscription', id)
  if (subscription.status !== 'past_due') return
  switch (world.settings.afterRetries) {
    case 'cancel':
      endSubscription(world, id, { reason: 'payment_failed' })
      return
    case 'unpaid':
      changeSubscription(world, id, { status: 'unpaid' })
      return
    case 'pause':
      // "If pause impossible after the final failure Stripe cancels."
      if (canPause(world, id)) pauseSubscription(world, id, 'final_payment_failure')
      else endSubscription(world, id, { reason: 'payment_failed' })
      return
    case 'past_due':
      return
  }
}

/** Pausing is for flexible, automatically charged subscriptions without a schedule (row 66). */
export function canPause(world: World, id: string): boolean {
  const subscription = world.must('subscription', id)
  return (
    subscription.billing_mode.type === 'flexible' &&
    subscription.collection_method === 'charge_automatically' &&
    subscription.schedule === null
  )
}
