import type { Mandate, SetupIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeAttempt } from '../payment-intents/attempt-record.ts'
import { resolvePaymentMethod } from '../payment-methods/resolve-payment-method.ts'
import { attemptSetup, type SetupConfirmation } from './attempt-setup.ts'
import { insertSetupIntent } from './insert-setup-intent.ts'

export interface SetupInput {
  readonly customer: string | null
  /** An id; null: to be given later. */
  readonly paymentMethod: string | null
  /** Default `off_session`. */
  readonly usage?: 'on_session' | 'off_session' | undefined
  readonly description?: string | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly checkoutSession?: string | null | undefined
  readonly returnUrl?: string | null | undefined
  readonly baseUrl?: string | undefined
  readonly acceptance?: Mandate['customer_acceptance'] | undefined
}

/**
 * Creates a setup intent and tries it where it has a payment method. Never throws for a refusal:
 * read `status` and `last_setup_error`. Every end of an attempt sends `setup_intent.settled`.
 */
export function collectSetup(world: World, input: SetupInput): SetupIntent {
  const method =
    input.paymentMethod === null
      ? null
      : resolvePaymentMethod(world, input.paymentMethod, 'payment_method')
  const id = world.id('seti')
  changeAttempt(world, id, {
    checkoutSession: input.checkoutSession ?? null,
    returnUrl: input.returnUrl ?? null,
    baseUrl: input.baseUrl ?? '',
  })
  const intent = insertSetupIntent(world, {
    id,
    customer: input.customer,
    description: input.description ?? null,
    metadata: input.metadata ?? {},
    payment_method: method?.id ?? null,
    payment_method_types: [method?.type ?? 'card'],
    usage: input.usage ?? 'off_session',
  })
  return method === null
    ? intent
    : attemptSetup(world, intent, method, { acceptance: input.acceptance })
}

/** A further attempt at the same intent; without any payment method it stays as it is. */
export function confirmSetup(
  world: World,
  id: string,
  confirmation: SetupConfirmation & { readonly paymentMethod?: string | undefined },
): SetupIntent {
  const intent = world.must('setup_intent', id)
  const given = confirmation.paymentMethod ?? intent.payment_method
  if (given === null) return intent
  const method = resolvePaymentMethod(world, given, 'payment_method')
  return attemptSetup(world, intent, method, confirmation)
}
