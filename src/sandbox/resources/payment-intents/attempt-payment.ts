import type { PaymentIntent, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { mandateFor } from '../mandates/create-mandate.ts'
import type { Behaviour } from '../payment-methods/behaviour.ts'
import { DECLINES } from '../payment-methods/declines.ts'
import { instrumentOf } from '../payment-methods/instrument.ts'
import { payFromCashBalance } from '../cash-balances/pay-from-cash-balance.ts'
import { attemptOf, changeAttempt } from './attempt-record.ts'
import { declinePayment } from './decline-payment.ts'
import { authenticate, verifyWithMicrodeposits } from './next-action.ts'
import type { Confirmation } from './payment-input.ts'
import { startDebit } from './bank-debit.ts'
import { futureUsage, takePayment } from './take-payment.ts'

/**
 * One attempt at an intent with a payment method, to whatever it comes to: taken, held, processing,
 * refused, or waiting for the customer (stripe-facts §6.1). Never throws for a refusal.
 */
export function attemptPayment(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  confirmation: Confirmation,
): PaymentIntent {
  const before = changeAttempt(world, intent.id, {
    offSession: confirmation.offSession,
    ...(confirmation.returnUrl === undefined ? {} : { returnUrl: confirmation.returnUrl }),
    ...(confirmation.baseUrl === undefined ? {} : { baseUrl: confirmation.baseUrl }),
  })
  const current = world.patch('payment_intent', intent.id, {
    payment_method: method.id,
    last_payment_error: null,
    next_action: null,
    status: 'requires_confirmation',
  })
  if (method.type === 'card') {
    if (before.authenticated) {
      changeAttempt(world, intent.id, { authenticated: false })
      return takePayment(world, current, method, 'challenge')
    }
    return attemptCard(world, current, method, confirmation)
  }
  if (method.type === 'customer_balance') return payFromCashBalance(world, current)
  return attemptDebit(world, current, method, confirmation)
}

function attemptCard(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  confirmation: Confirmation,
): PaymentIntent {
  const { behaviour, setUp } = instrumentOf(world, method)
  const { authentication } = behaviour
  const asked = isAsked(intent)
  if (authentication === 'broken' || (asked && authentication === 'broken_on_request')) {
    return declinePayment(world, intent, method, DECLINES.generic)
  }
  if (authentication === 'frictionless') return takePayment(world, intent, method, 'frictionless')
  if (!isNeeded(behaviour, { setUp, offSession: confirmation.offSession, asked })) {
    return takePayment(world, intent, method, null)
  }
  // Off session nobody can authenticate: the attempt is refused. An invoice waits for its customer
  // instead (stripe-facts row 47).
  const cannotWait = confirmation.offSession && attemptOf(world, intent.id).invoice === null
  if (cannotWait || confirmation.errorOnRequiresAction === true) {
    return declinePayment(world, intent, method, DECLINES.authenticationRequired)
  }
  return waitFor(world, intent, authenticate(world, intent.id))
}

function isNeeded(
  { authentication }: Behaviour,
  at: { readonly setUp: boolean; readonly offSession: boolean; readonly asked: boolean },
): boolean {
  return (
    authentication === 'always' ||
    (authentication === 'unless_set_up' && !(at.offSession && at.setUp)) ||
    (authentication === 'on_request' && at.asked)
  )
}

/** Whether the request wants the customer to authenticate where that is possible. */
function isAsked({ payment_method_options: options }: PaymentIntent): boolean {
  const asked = options?.card?.request_three_d_secure
  return asked === 'any' || asked === 'challenge'
}

function attemptDebit(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  confirmation: Confirmation,
): PaymentIntent {
  const { behaviour, verified } = instrumentOf(world, method)
  if (behaviour.decline?.blocked === true) {
    return declinePayment(world, intent, method, behaviour.decline)
  }
  if (!verified) {
    return waitFor(world, intent, verifyWithMicrodeposits(world, intent.id, intent.customer))
  }
  const mandate = mandateFor(world, {
    paymentMethod: method,
    customer: intent.customer,
    acceptance: confirmation.acceptance,
    ...(futureUsage(intent, method.type) === null && method.customer === null
      ? { single: { amount: intent.amount, currency: intent.currency } }
      : {}),
  })
  return startDebit(world, intent, method, mandate?.id ?? null)
}

export function waitFor(
  world: World,
  intent: PaymentIntent,
  nextAction: PaymentIntent['next_action'],
): PaymentIntent {
  const waiting = world.patch('payment_intent', intent.id, {
    status: 'requires_action',
    next_action: nextAction,
  })
  world.emit('payment_intent.requires_action', waiting)
  world.signal('payment_intent.settled', { id: intent.id, outcome: 'requires_action' })
  return world.must('payment_intent', intent.id)
}
