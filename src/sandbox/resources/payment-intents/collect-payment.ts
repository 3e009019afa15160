import { resolvePaymentMethod } from '../payment-methods/resolve-payment-method.ts'
import type { PaymentIntent, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { attemptPayment } from './attempt-payment.ts'
import { changeAttempt } from './attempt-record.ts'
import { insertPaymentIntent } from './insert-payment-intent.ts'
import type { Confirmation, PaymentInput } from './payment-input.ts'

/** Creates an intent and does not try it: for an invoice whose customer is to pay by themselves. */
export function preparePayment(world: World, input: PaymentInput): PaymentIntent {
  const method =
    input.paymentMethod === null
      ? null
      : resolvePaymentMethod(world, input.paymentMethod, 'payment_method')
  const id = world.id('pi')
  // Before the event: who hears of the intent may ask what it is for.
  changeAttempt(world, id, {
    invoice: input.invoice ?? null,
    checkoutSession: input.checkoutSession ?? null,
    offSession: input.offSession,
    returnUrl: input.returnUrl ?? null,
    baseUrl: input.baseUrl ?? '',
  })
  return insertPaymentIntent(world, {
    id,
    amount: input.amount,
    currency: input.currency,
    customer: input.customer,
    capture_method: input.captureMethod ?? 'automatic',
    description: input.description ?? null,
    metadata: input.metadata ?? {},
    payment_method: method?.id ?? null,
    payment_method_types: input.methodTypes ?? [method?.type ?? 'card'],
    receipt_email: input.receiptEmail ?? null,
    setup_future_usage: input.setupFutureUsage ?? null,
    shipping: input.shipping ?? null,
    statement_descriptor: input.statementDescriptor ?? null,
  })
}

/**
 * Creates an intent and tries it at once. Never throws for a refusal: read `status` and
 * `last_payment_error`. Every end of an attempt, now or days later, sends `payment_intent.settled`;
 * the signal comes before this returns, and `attemptOf(world, id).invoice` tells whose it is.
 */
export function collectPayment(world: World, input: PaymentInput): PaymentIntent {
  const intent = preparePayment(world, input)
  if (intent.payment_method === null) return intent
  const method = world.must('payment_method', intent.payment_method)
  return attemptPayment(world, intent, method, {
    offSession: input.offSession,
    acceptance: input.acceptance,
  })
}

/**
 * A further attempt at an intent. Without a payment method, by the one it has or last failed with;
 * an intent without any stays as it is.
 */
export function confirmPayment(
  world: World,
  id: string,
  confirmation: Confirmation,
): PaymentIntent {
  const intent = world.must('payment_intent', id)
  const method = methodFor(world, intent, confirmation.paymentMethod)
  if (method === null) return intent
  const types = intent.payment_method_types.includes(method.type)
    ? intent
    : world.patch('payment_intent', id, { payment_method_types: [method.type] })
  return attemptPayment(world, types, method, confirmation)
}

function methodFor(
  world: World,
  intent: PaymentIntent,
  given: string | undefined,
): PaymentMethod | null {
  if (given !== undefined) return resolvePaymentMethod(world, given, 'payment_method')
  const id = intent.payment_method ?? intent.last_payment_error?.payment_method?.id ?? null
  return world.get('payment_method', id) ?? null
}
