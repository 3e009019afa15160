import type { World } from '../../world/world.ts'
import { openIntentOf } from '../invoices/invoice-intent.ts'
import { payInvoice } from '../invoices/pay-invoice.ts'
import { buyerOf } from './buyer.ts'
import { completeSubscription } from './complete-checkout.ts'
import { makeSubscription } from './make-subscription.ts'
import { methodFor } from './method-for.ts'
import type { SubmitOutcome } from './submit-checkout.ts'
import { afterDecline } from './submit-payment.ts'

/**
 * As before 2025-03-31.basil: an incomplete subscription with an open invoice is made first, then
 * paid; a declined attempt leaves both behind for the next (stripe-facts row 2).
 */
export function submitSubscriptionFirst(
  world: World,
  id: string,
  idOrToken: string,
): SubmitOutcome {
  const method = methodFor(world, world.must('checkout.session', id), idOrToken)
  buyerOf(world, id, method)
  const subscription =
    world.must('~checkout', id).subscription ??
    makeSubscription(world, id, { paymentBehavior: 'default_incomplete' })
  world.patch('~checkout', id, { paymentMethod: method.id, subscription })
  const { latest_invoice: invoice } = world.must('subscription', subscription)
  if (typeof invoice !== 'string') {
    return { session: completeSubscription(world, id, subscription), next: 'done' }
  }
  // The invoice is open before it is paid, and says so: `invoice.updated` is due (stripe-facts row 2).
  world.patch('~invoice_collection', invoice, { finalized_by: null })
  // The subscription pays with it from now on, and it is kept once the payment goes through.
  world.patch('subscription', subscription, { default_payment_method: method.id })
  const open = openIntentOf(world, invoice)
  if (open !== undefined) {
    world.patch('payment_intent', open.id, { setup_future_usage: 'off_session' })
  }
  const { paymentIntent } = payInvoice(world, invoice, {
    paymentMethod: method.id,
    offSession: false,
  })
  world.patch('~checkout', id, { paymentIntent: paymentIntent?.id ?? null })
  return afterFirstInvoice(world, id, paymentIntent?.id ?? null)
}

/** What the state of the first invoice's payment means for the session. */
export function afterFirstInvoice(
  world: World,
  id: string,
  paymentIntent: string | null,
): SubmitOutcome {
  const session = world.must('checkout.session', id)
  const { subscription } = world.must('~checkout', id)
  const intent = world.get('payment_intent', paymentIntent)
  if (intent?.status === 'requires_action') return { session, next: 'authenticate' }
  if (intent?.status === 'requires_payment_method') return afterDecline(session, intent)
  if (subscription === null) throw new Error(`no subscription was made for the session ${id}`)
  return { session: completeSubscription(world, id, subscription), next: 'done' }
}
