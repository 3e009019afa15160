import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { endSubscription } from './cancel-subscription.ts'
import { pauseSubscription } from './pause.ts'
import { paymentMethodOf } from './payment-method.ts'
import { renew } from './renew.ts'

/**
 * A trial has run out (stripe-facts rows 13 to 17): with something to charge, or nothing demanded of
 * the missing, the paid time begins and its invoice is drafted. Sources conflict on when it becomes
 * active, with the trial's end or with the payment an hour later: here with the end, as Stripe's API
 * reference has it and the captures show.
 */
export function endTrial(world: World, id: string): Subscription {
  const missing = missingMethodBehavior(world, id)
  if (missing === 'cancel') return endSubscription(world, id, { reason: null })
  if (missing === 'pause') return pauseSubscription(world, id, 'trial_end_without_payment_method')
  return renew(world, id, { status: 'active' })
}

/** What to do for want of a payment method, or null where there is one or an invoice is sent. */
export function missingMethodBehavior(
  world: World,
  id: string,
): 'cancel' | 'pause' | 'create_invoice' | null {
  const subscription = world.must('subscription', id)
  if (subscription.collection_method === 'send_invoice') return null
  if (paymentMethodOf(world, subscription) !== null) return null
  switch (subscription.trial_settings?.end_behavior.missing_payment_method) {
    case 'cancel':
      return 'cancel'
    case 'pause':
      return 'pause'
    default:
      return 'create_invoice'
  }
}
