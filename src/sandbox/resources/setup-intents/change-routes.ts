import { inParameter, inPath } from '../../protocol/find.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { StripeError } from '../../protocol/stripe-error.ts'
import type { SetupIntent } from '../../tables.ts'
import { changeAttempt } from '../payment-intents/attempt-record.ts'
import { acceptanceOf, methodForRequest, typesFor } from '../payment-intents/method-for-request.ts'
import { olderTypes } from '../payment-intents/payment-intent-params.ts'
import { attemptSetup } from './attempt-setup.ts'
import { insertSetupIntent, setupOptionsFor } from './insert-setup-intent.ts'
import { setupDeclineError } from './setup-decline-error.ts'
import { confirmParams, createParams, updateParams } from './setup-intent-params.ts'
import { refuseEnded, unexpectedState } from './setup-intent-state.ts'

const PATH = '/v1/setup_intents/:intent'

export const create = route({
  method: 'POST',
  path: '/v1/setup_intents',
  params: createParams,
  legacy: olderTypes,
  handle: ({ world, params, baseUrl }) => {
    const customer =
      params.customer === undefined
        ? null
        : inParameter(world, 'customer', params.customer, 'customer').id
    const allowed = params.allowed_payment_method_types
    const types = typesFor(allowed, params.excluded_payment_method_types, null)
    const method = methodForRequest(world, params, {
      customer,
      types,
      intent: 'SetupIntent',
      instantly: params.payment_method_options?.us_bank_account?.verification_method === 'instant',
    })
    const id = world.id('seti')
    changeAttempt(world, id, { baseUrl, returnUrl: params.return_url ?? null })
    const intent = insertSetupIntent(world, {
      id,
      customer,
      allowed_payment_method_types: (allowed ??
        null) as SetupIntent['allowed_payment_method_types'],
      automatic_payment_methods:
        allowed === undefined
          ? {
              allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always',
              enabled: params.automatic_payment_methods?.enabled ?? true,
            }
          : null,
      description: params.description ?? null,
      metadata: params.metadata ?? {},
      payment_method: method?.id ?? null,
      payment_method_options: optionsOf(types, params.payment_method_options?.card),
      payment_method_types: types,
      usage: params.usage ?? 'off_session',
    })
    if (params.confirm !== true) return intent
    if (method === null) throw withoutMethod(intent)
    return tried(
      attemptSetup(world, intent, method, {
        returnUrl: params.return_url ?? null,
        baseUrl,
        acceptance: acceptanceOf(world, params.mandate_data, customer),
      }),
    )
  },
})

export const update = route({
  method: 'POST',
  path: PATH,
  params: updateParams,
  legacy: olderTypes,
  handle: ({ world, path, params }) => {
    const intent = inPath(world, 'setup_intent', path['intent'], 'setupintent', 'intent')
    const customer =
      params.customer === undefined
        ? intent.customer
        : inParameter(world, 'customer', params.customer, 'customer').id
    const types =
      params.allowed_payment_method_types === undefined
        ? intent.payment_method_types
        : typesFor(params.allowed_payment_method_types, null, null)
    const method = methodForRequest(world, params, { customer, types, intent: 'SetupIntent' })
    if (method !== null) refuseEnded(intent, 'update')
    return world.patch('setup_intent', intent.id, {
      customer,
      payment_method_types: types,
      ...(params.description === undefined ? {} : { description: params.description }),
      metadata: mergeMetadata(intent.metadata ?? {}, params.metadata),
      ...(method === null
        ? {}
        : { payment_method: method.id, status: 'requires_confirmation', next_action: null }),
    })
  },
})

export const confirm = route({
  method: 'POST',
  path: `${PATH}/confirm`,
  params: confirmParams,
  legacy: olderTypes,
  handle: ({ world, path, params, baseUrl }) => {
    const intent = inPath(world, 'setup_intent', path['intent'], 'setupintent', 'intent')
    refuseEnded(intent, 'confirm')
    const method =
      methodForRequest(world, params, {
        customer: intent.customer,
        types: intent.payment_method_types,
        intent: 'SetupIntent',
      }) ?? world.get('payment_method', intent.payment_method)
    if (method === undefined) throw withoutMethod(intent)
    return tried(
      attemptSetup(world, intent, method, {
        ...(params.return_url === undefined ? {} : { returnUrl: params.return_url }),
        baseUrl,
        acceptance: acceptanceOf(world, params.mandate_data, intent.customer),
      }),
    )
  },
})

function tried(intent: SetupIntent): SetupIntent {
  if (intent.last_setup_error !== null) throw setupDeclineError(intent)
  return intent
}

function withoutMethod(intent: SetupIntent): StripeError {
  return unexpectedState(
    intent,
    "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
  )
}

function optionsOf(
  types: readonly string[],
  card: { readonly request_three_d_secure?: string | undefined } | undefined,
): SetupIntent['payment_method_options'] {
  const options = setupOptionsFor(types)
  const asked = card?.request_three_d_secure
  return options?.card === undefined || asked === undefined
    ? options
    : { ...options, card: { ...options.card, request_three_d_secure: asked as 'any' } }
}
