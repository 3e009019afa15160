import { StripeError } from '../../protocol/stripe-error.ts'
import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { cancelPayment } from '../payment-intents/cancel-payment.ts'
import { collectPayment } from '../payment-intents/collect-payment.ts'
import { declineError } from '../payment-intents/decline-error.ts'
import { paymentMethodOf, requirePaymentMethod } from './payment-method.ts'
import { dueFor } from './preview-due.ts'
import type { SubscriptionInput } from './subscription-input.ts'

/**
 * What must be clear before a subscription exists: that there is something to charge, and for
 * `error_if_incomplete` that it can be charged, since a refused one must leave nothing behind.
 * @throws {StripeError} 400 without a payment method, 402 where the payment is not made.
 */
export function prepay(
  world: World,
  born: Subscription,
  input: SubscriptionInput,
  lines: readonly LineDraft[],
): SubscriptionInput {
  const behavior = input.payment_behavior ?? 'allow_incomplete'
  const isNotCollected =
    input.paidBy !== undefined ||
    input.firstInvoice === 'draft' ||
    born.collection_method === 'send_invoice' ||
    behavior === 'default_incomplete'
  if (isNotCollected) return input
  const method = paymentMethodOf(world, born)
  if (behavior === 'allow_incomplete' && method !== null) return input
  const due = dueFor(world, born, input, lines)
  if (due === 0) return input
  requirePaymentMethod(world, born)
  if (behavior === 'allow_incomplete') return input
  return { ...input, paidBy: takePayment(world, born, due, input.off_session ?? false) }
}

/**
 * Takes an amount on its own, before what it pays for exists: the id of the intent.
 * @throws {StripeError} 402 where it is not made.
 */
export function takePayment(
  world: World,
  payer: Subscription,
  amount: number,
  offSession: boolean,
): string {
  requirePaymentMethod(world, payer)
  const intent = collectPayment(world, {
    amount,
    currency: payer.currency,
    customer: payer.customer,
    paymentMethod: paymentMethodOf(world, payer) ?? '',
    offSession,
    description: 'Subscription creation',
  })
  if (intent.status === 'succeeded' || intent.status === 'processing') return intent.id
  const needsCustomer = intent.status === 'requires_action'
  const refusal = needsCustomer
    ? new StripeError(402, {
        type: 'card_error',
        code: 'subscription_payment_intent_requires_action',
        message:
          'Payment for this subscription requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`.',
      })
    : declineError(world.must('payment_intent', intent.id))
  cancelPayment(world, intent.id, null)
  throw refusal
}
