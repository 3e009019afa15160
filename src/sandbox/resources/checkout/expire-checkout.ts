import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { cancelPayment } from '../payment-intents/cancel-payment.ts'
import { cancelSubscription } from '../subscriptions/cancel-subscription.ts'
import { isLive } from '../subscriptions/change-subscription.ts'

/** Seconds a recovery link works after the session has expired. */
const RECOVERY_SECONDS = 30 * 86_400

/**
 * Ends an open session (stripe-facts row 5).
 * @throws {StripeError} 404 where there is none, 400 where it is not open.
 */
export function expireCheckout(world: World, id: string): CheckoutSession {
  const session = world.get('checkout.session', id)
  if (session === undefined) throw missing('checkout.session', id)
  if (session.status !== 'open') {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${String(session.status)}\`.`,
    )
  }
  const { paymentIntent, subscription, baseUrl } = world.must('~checkout', id)
  const recovery = session.after_expiration?.recovery ?? null
  world.unschedule(session.customer, 'checkout.expire', id)
  const expired = world.patch('checkout.session', id, {
    status: 'expired',
    url: null,
    after_expiration:
      recovery?.enabled === true
        ? {
            recovery: {
              ...recovery,
              expires_at: world.now(session.customer) + RECOVERY_SECONDS,
              url: `${baseUrl}/c/recover/${id}`,
            },
          }
        : session.after_expiration,
  })
  world.emit('checkout.session.expired', expired)
  if (subscription !== null) {
    // Its subscription was made before the money: it ends incomplete_expired, its invoice void. Left
    // alone for 23 hours it has done so by itself (stripe-facts row 51).
    if (isLive(world.must('subscription', subscription))) {
      cancelSubscription(world, subscription, { reason: null })
    }
  } else {
    const intent = world.get('payment_intent', paymentIntent)
    if (intent !== undefined && intent.status !== 'canceled') {
      cancelPayment(world, intent.id, null)
    }
  }
  return world.must('checkout.session', id)
}

/** The job at `expires_at`. */
export function expireIfOpen(world: World, id: string): void {
  if (world.get('checkout.session', id)?.status === 'open') expireCheckout(world, id)
}
