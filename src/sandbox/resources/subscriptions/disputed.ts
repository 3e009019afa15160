import type { World } from '../../world/world.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { isLive } from './change-subscription.ts'

/** The job that cancels for a dispute. */
export const DISPUTED = 'subscription.disputed'

/**
 * Cancels what a disputed charge paid for: a setting of the account (stripe-facts row 78). A job, since
 * a dispute may come with the very payment that begins the subscription.
 */
export function cancelDisputed(world: World, id: string): void {
  const dispute = world.must('dispute', id)
  const intent =
    dispute.payment_intent ?? world.get('charge', dispute.charge)?.payment_intent ?? null
  if (intent === null) return
  for (const payment of world.where('invoice_payment', 'payment_intent', intent)) {
    const invoice = world.get('invoice', payment.invoice)
    const subscription = world.get(
      'subscription',
      invoice?.parent?.subscription_details?.subscription,
    )
    if (subscription !== undefined && isLive(subscription)) {
      cancelSubscription(world, subscription.id, { reason: 'payment_disputed' })
    }
  }
}
