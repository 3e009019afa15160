import type { z } from 'zod'
import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Mandate, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { usedUp } from '../payment-methods/attach-payment-method.ts'
import { createPaymentMethod } from '../payment-methods/create-payment-method.ts'
import { instrumentOf } from '../payment-methods/instrument.ts'
import type { PaymentMethodData } from '../payment-methods/payment-method-params.ts'
import { resolvePaymentMethod } from '../payment-methods/resolve-payment-method.ts'
import type { mandateData } from './payment-intent-params.ts'

/**
 * The payment method a request brings, by id or by its details; null where it brings none.
 * @throws {StripeError} 400 where it cannot serve: another customer's, used up, of no allowed kind.
 */
export function methodForRequest(
  world: World,
  params: {
    readonly payment_method?: string | undefined
    readonly payment_method_data?: PaymentMethodData | undefined
    readonly mandate?: string | undefined
  },
  at: {
    readonly customer: string | null
    readonly types: readonly string[]
    readonly intent: 'PaymentIntent' | 'SetupIntent'
    /** Whether a US account counts as verified without micro-deposits. */
    readonly instantly?: boolean
  },
): PaymentMethod | null {
  if (params.mandate !== undefined) inParameter(world, 'mandate', params.mandate, 'mandate')
  const method =
    params.payment_method !== undefined
      ? resolvePaymentMethod(world, params.payment_method, 'payment_method')
      : params.payment_method_data === undefined
        ? null
        : createPaymentMethod(
            world,
            { ...params.payment_method_data, verified: at.instantly ?? false },
            'payment_method_data',
          )
  if (method === null) return null
  if (!at.types.includes(method.type)) {
    throw invalidRequest(
      `The PaymentMethod provided (${method.type}) is not allowed for this ${at.intent}. Please attach a PaymentMethod of one of the following types: ${at.types.join(', ')}.`,
      { code: 'payment_intent_incompatible_payment_method', param: 'payment_method' },
    )
  }
  if (method.customer !== null && method.customer !== at.customer) {
    throw invalidRequest(
      at.customer === null
        ? `The PaymentMethod ${method.id} belongs to a Customer. Please include the Customer in the \`customer\` parameter on the ${at.intent}.`
        : `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
      { param: 'payment_method' },
    )
  }
  if (method.customer === null && instrumentOf(world, method).spent) throw usedUp()
  return method
}

const BY_CURRENCY: Readonly<Record<string, readonly string[]>> = {
  eur: ['sepa_debit', 'customer_balance'],
  gbp: ['bacs_debit', 'customer_balance'],
  usd: ['us_bank_account', 'customer_balance'],
  aud: ['au_becs_debit'],
  jpy: ['customer_balance'],
  mxn: ['customer_balance'],
}

/** What an intent takes: what the request allows, or all the sandbox plays in its currency. */
export function typesFor(
  allowed: readonly string[] | undefined,
  excluded: readonly string[] | null | undefined,
  currency: string | null,
): string[] {
  const types =
    allowed !== undefined && allowed.length > 0
      ? allowed
      : [
          'card',
          ...(currency === null
            ? ['sepa_debit', 'bacs_debit', 'us_bank_account', 'au_becs_debit']
            : (BY_CURRENCY[currency] ?? [])),
        ]
  return types.filter((type) => excluded?.includes(type) !== true)
}

/** How the customer accepted the mandate, as the request says. */
export function acceptanceOf(
  world: World,
  given: z.output<typeof mandateData> | null | undefined,
  customer: string | null,
): Mandate['customer_acceptance'] | undefined {
  if (given === null || given === undefined) return undefined
  const { type, accepted_at, online } = given.customer_acceptance
  return {
    accepted_at: accepted_at ?? world.now(customer),
    ...(type === 'online'
      ? { online: online ?? { ip_address: null, user_agent: null } }
      : { offline: {} }),
    type,
  }
}
