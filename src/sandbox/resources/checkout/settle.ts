import type { IntentOutcome, Reactions } from '../../signals.ts'
import type { World } from '../../world/world.ts'
import type { CheckoutTerms } from './terms.ts'
import { makesSubscriptionFirst } from './make-subscription.ts'
import { makeInvoice } from './make-invoice.ts'
import { afterAttempt } from './submit-payment.ts'
import { afterSetup } from './submit-setup.ts'
import { afterFirstInvoice } from './submit-subscription-first.ts'

const WENT_THROUGH: readonly IntentOutcome[] = ['succeeded', 'processing', 'requires_capture']

/**
 * What happens to a session after its submission was answered: the buyer passed the challenge, or
 * the bank answered days later.
 */
export const settle: Reactions = {
  'payment_intent.settled': (world, { id, outcome }) => {
    const terms = termsBy(world, 'paymentIntent', id)
    if (terms === undefined) return
    const session = world.must('checkout.session', terms.id)
    if (session.status === 'open') {
      // A declined attempt leaves the session open; what cancels one is the next attempt.
      if (!WENT_THROUGH.includes(outcome)) return
      if (makesSubscriptionFirst(world, terms.id)) afterFirstInvoice(world, terms.id, id)
      else afterAttempt(world, terms.id, world.must('payment_intent', id))
    } else if (session.status === 'complete' && session.payment_status === 'unpaid') {
      if (outcome === 'succeeded') paidLater(world, terms, id)
      // The session stays complete and unpaid (stripe-facts rows 23, 28 and §0a).
      else if (outcome === 'failed') world.emit('checkout.session.async_payment_failed', session)
    }
  },
  'setup_intent.settled': (world, { id, outcome }) => {
    const terms = termsBy(world, 'setupIntent', id)
    if (terms === undefined || !WENT_THROUGH.includes(outcome)) return
    if (world.must('checkout.session', terms.id).status !== 'open') return
    afterSetup(world, terms.id, world.must('setup_intent', id))
  },
}

function termsBy(
  world: World,
  index: 'paymentIntent' | 'setupIntent',
  id: string,
): CheckoutTerms | undefined {
  const terms = world.where('~checkout', index, id).at(-1)
  return terms === undefined || terms.submitting ? undefined : terms
}

function paidLater(world: World, { id }: CheckoutTerms, paymentIntent: string): void {
  const session = world.patch('checkout.session', id, { payment_status: 'paid' })
  const intent = world.must('payment_intent', paymentIntent)
  // A capture by hand is no asynchronous payment: Stripe tells of it on the intent alone.
  if (intent.capture_method !== 'manual') {
    world.emit('checkout.session.async_payment_succeeded', session)
  }
  // Nobody is left to be billed where the customer was deleted meanwhile.
  const isInvoiced = session.mode === 'payment' && session.invoice_creation?.enabled === true
  if (isInvoiced && world.get('customer', session.customer) !== undefined) {
    makeInvoice(world, id, paymentIntent)
  }
}
