import { missing, invalidRequest, type StripeError } from '../../protocol/stripe-error.ts'
import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { applyPromotionCode } from './apply-promotion-code.ts'
import { completeWithoutPayment } from './complete-checkout.ts'
import { refuseSpentDiscounts } from './session-discounts.ts'
import { submitPayment } from './submit-payment.ts'
import { submitSetup } from './submit-setup.ts'
import { submitSubscriptionFirst } from './submit-subscription-first.ts'
import type { CustomerDetailsInput } from './terms.ts'
import { makesSubscriptionFirst } from './make-subscription.ts'

export interface CheckoutSubmission {
  /** An id, or one of Stripe's test tokens; null where nothing is to be paid. */
  readonly paymentMethod: string | null
  readonly customerDetails?: CustomerDetailsInput
  /** The code as the customer types it. */
  readonly promotionCode?: string | undefined
}

/** `authenticate`: the buyer must pass the challenge of the session's intent first. */
export interface SubmitOutcome {
  readonly session: CheckoutSession
  readonly next: 'done' | 'authenticate' | 'declined'
  /** Why the payment was declined. */
  readonly error?: StripeError | undefined
}

/**
 * The buyer presses the button: takes the payment, or prepares later ones, and completes the session.
 * After a decline the session stays open (stripe-facts row 4).
 * @throws {StripeError} where the session is not open, or the payment method cannot be used here.
 */
export function submitCheckout(
  world: World,
  id: string,
  submission: CheckoutSubmission,
): SubmitOutcome {
  requireOpen(world, id)
  if (submission.promotionCode !== undefined)
    applyPromotionCode(world, id, submission.promotionCode)
  refuseSpentDiscounts(world, world.must('checkout.session', id))
  world.patch('~checkout', id, { details: submission.customerDetails ?? {}, submitting: true })
  try {
    return submit(world, id, submission.paymentMethod)
  } finally {
    world.patch('~checkout', id, { submitting: false })
  }
}

function submit(world: World, id: string, paymentMethod: string | null): SubmitOutcome {
  const session = world.must('checkout.session', id)
  const isFree = session.mode !== 'setup' && session.amount_total === 0
  const asksForMethod = session.payment_method_collection === 'always'
  if (isFree && !(asksForMethod && session.mode === 'subscription')) {
    return { session: completeWithoutPayment(world, id), next: 'done' }
  }
  if (paymentMethod === null) {
    throw invalidRequest('Missing required param: payment_method.', {
      code: 'parameter_missing',
      param: 'payment_method',
    })
  }
  if (isFree || session.mode === 'setup') return submitSetup(world, id, paymentMethod)
  return makesSubscriptionFirst(world, id)
    ? submitSubscriptionFirst(world, id, paymentMethod)
    : submitPayment(world, id, paymentMethod)
}

/** @throws {StripeError} 404 where there is no such session, 400 where it is no longer open. */
export function requireOpen(world: World, id: string): CheckoutSession {
  const session = world.get('checkout.session', id)
  if (session === undefined) throw missing('checkout.session', id)
  if (session.status !== 'open') {
    throw invalidRequest(
      session.status === 'complete'
        ? 'This Checkout Session has already been completed.'
        : 'This Checkout Session has expired.',
      {
        code:
          session.status === 'complete' ? 'checkout_session_completed' : 'checkout_session_expired',
      },
    )
  }
  return session
}
