import type { Mandate, PaymentMethod, SetupIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { mandateFor } from '../mandates/create-mandate.ts'
import { attachPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import type { Behaviour } from '../payment-methods/behaviour.ts'
import { changeInstrument, instrumentOf } from '../payment-methods/instrument.ts'
import { changeAttempt } from '../payment-intents/attempt-record.ts'
import { authenticate, verifyWithMicrodeposits } from '../payment-intents/next-action.ts'
import { errorFor } from '../payment-intents/payment-error.ts'

export interface SetupConfirmation {
  readonly returnUrl?: string | null | undefined
  readonly baseUrl?: string | undefined
  readonly acceptance?: Mandate['customer_acceptance'] | undefined
}

/** One attempt to prepare a means of payment for later. Never throws for a refusal. */
export function attemptSetup(
  world: World,
  intent: SetupIntent,
  method: PaymentMethod,
  confirmation: SetupConfirmation,
): SetupIntent {
  changeAttempt(world, intent.id, {
    ...(confirmation.returnUrl === undefined ? {} : { returnUrl: confirmation.returnUrl }),
    ...(confirmation.baseUrl === undefined ? {} : { baseUrl: confirmation.baseUrl }),
  })
  const current = world.patch('setup_intent', intent.id, {
    payment_method: method.id,
    last_setup_error: null,
    next_action: null,
    latest_attempt: world.id('setatt'),
    status: 'requires_confirmation',
  })
  const { behaviour, verified } = instrumentOf(world, method)
  if (behaviour.attachFails === true && behaviour.decline !== undefined) {
    return failSetup(world, current, errorFor(behaviour.decline, method, null))
  }
  if (!verified) {
    return waitFor(world, current, verifyWithMicrodeposits(world, intent.id, customerOf(current)))
  }
  if (method.type === 'card' && needsCustomer(behaviour, current)) {
    return waitFor(world, current, authenticate(world, intent.id))
  }
  return completeSetup(world, current, method, confirmation.acceptance)
}

function needsCustomer({ authentication }: Behaviour, intent: SetupIntent): boolean {
  if (authentication === 'always' || authentication === 'unless_set_up') return true
  const asked = intent.payment_method_options?.card?.request_three_d_secure
  return authentication === 'on_request' && (asked === 'any' || asked === 'challenge')
}

function waitFor(
  world: World,
  intent: SetupIntent,
  nextAction: SetupIntent['next_action'],
): SetupIntent {
  const waiting = world.patch('setup_intent', intent.id, {
    status: 'requires_action',
    next_action: nextAction,
  })
  world.emit('setup_intent.requires_action', waiting)
  world.signal('setup_intent.settled', { id: intent.id, outcome: 'requires_action' })
  return world.must('setup_intent', intent.id)
}

/** The means of payment is ready, and the customer's if there is one. */
export function completeSetup(
  world: World,
  intent: SetupIntent,
  method: PaymentMethod,
  acceptance?: Mandate['customer_acceptance'],
): SetupIntent {
  const customer = customerOf(intent)
  const mandate = mandateFor(world, { paymentMethod: method, customer, acceptance })
  if (intent.usage === 'off_session') changeInstrument(world, method, { setUp: true })
  const ready = world.patch('setup_intent', intent.id, {
    status: 'succeeded',
    next_action: null,
    mandate: mandate?.id ?? null,
  })
  if (customer !== null && method.customer === null) {
    attachPaymentMethod(world, method.id, customer)
  }
  world.emit('setup_intent.succeeded', ready)
  world.signal('setup_intent.settled', { id: intent.id, outcome: 'succeeded' })
  return world.must('setup_intent', intent.id)
}

export function failSetup(
  world: World,
  intent: SetupIntent,
  error: NonNullable<SetupIntent['last_setup_error']>,
): SetupIntent {
  const failed = world.patch('setup_intent', intent.id, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_setup_error: error,
  })
  world.emit('setup_intent.setup_failed', failed)
  world.signal('setup_intent.settled', { id: intent.id, outcome: 'failed' })
  return world.must('setup_intent', intent.id)
}

export function customerOf(intent: SetupIntent): string | null {
  return intent.customer
}
