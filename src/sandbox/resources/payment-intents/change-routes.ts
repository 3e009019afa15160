import { inParameter, inPath } from '../../protocol/find.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { PaymentIntent } from '../../tables.ts'
import { attemptPayment } from './attempt-payment.ts'
import { declineError } from './decline-error.ts'
import { optionsFor } from './insert-payment-intent.ts'
import { acceptanceOf, methodForRequest, typesFor } from './method-for-request.ts'
import { withOptions } from './method-options.ts'
import { confirmParams, olderTypes, updateParams } from './payment-intent-params.ts'
import { refuseAmount, refuseConfirm, refuseUpdate } from './refusals.ts'
import { shippingOf } from './shipping.ts'

type Changes = Partial<Omit<ReturnType<typeof confirmParams.parse>, 'mandate_data'>>

/** What update and confirmation alike may change. No event tells of it. */
function changed(
  intent: PaymentIntent,
  params: Changes,
): { readonly fields: Partial<PaymentIntent>; readonly types: readonly string[] } {
  const allowed = params.allowed_payment_method_types
  const types =
    allowed === undefined
      ? intent.payment_method_types
      : typesFor(allowed, params.excluded_payment_method_types, intent.currency)
  const options = allowed === undefined ? intent.payment_method_options : optionsFor(types)
  return {
    types,
    fields: {
      ...(allowed === undefined
        ? {}
        : {
            allowed_payment_method_types: allowed as PaymentIntent['allowed_payment_method_types'],
            automatic_payment_methods: null,
            payment_method_types: types,
          }),
      ...(params.capture_method === undefined ? {} : { capture_method: params.capture_method }),
      ...(params.receipt_email === undefined ? {} : { receipt_email: params.receipt_email }),
      ...(params.setup_future_usage === undefined
        ? {}
        : { setup_future_usage: params.setup_future_usage }),
      ...(params.shipping === undefined ? {} : { shipping: shippingOf(params.shipping) }),
      payment_method_options: withOptions(options, params.payment_method_options, intent.currency),
    },
  }
}

export const update = route({
  method: 'POST',
  path: '/v1/payment_intents/:intent',
  params: updateParams,
  legacy: olderTypes,
  handle: ({ world, path, params }) => {
    const intent = inPath(world, 'payment_intent', path['intent'], 'payment_intent', 'intent')
    const money = params.amount !== undefined || params.currency !== undefined
    if (money) {
      refuseUpdate(intent, 'amount')
      refuseAmount(params.amount ?? intent.amount, params.currency ?? intent.currency)
    }
    const customer =
      params.customer === undefined
        ? intent.customer
        : inParameter(world, 'customer', params.customer, 'customer').id
    const { fields, types } = changed(intent, params)
    const method = methodForRequest(world, params, { customer, types, intent: 'PaymentIntent' })
    if (method !== null) refuseUpdate(intent, 'payment_method')
    return world.patch('payment_intent', intent.id, {
      ...fields,
      amount: params.amount ?? intent.amount,
      currency: params.currency ?? intent.currency,
      customer,
      ...(params.description === undefined ? {} : { description: params.description }),
      metadata: mergeMetadata(intent.metadata, params.metadata),
      ...(params.statement_descriptor === undefined
        ? {}
        : { statement_descriptor: params.statement_descriptor }),
      ...(params.statement_descriptor_suffix === undefined
        ? {}
        : { statement_descriptor_suffix: params.statement_descriptor_suffix }),
      ...(params.transfer_group === undefined ? {} : { transfer_group: params.transfer_group }),
      ...(method === null
        ? {}
        : { payment_method: method.id, status: 'requires_confirmation', next_action: null }),
    })
  },
})

export const confirm = route({
  method: 'POST',
  path: '/v1/payment_intents/:intent/confirm',
  params: confirmParams,
  legacy: olderTypes,
  handle: ({ world, path, params, baseUrl }) => {
    const intent = inPath(world, 'payment_intent', path['intent'], 'payment_intent', 'intent')
    refuseConfirm(intent, true)
    const { fields, types } = changed(intent, params)
    const method =
      methodForRequest(world, params, {
        customer: intent.customer,
        types,
        intent: 'PaymentIntent',
        instantly:
          intent.payment_method_options?.us_bank_account?.verification_method === 'instant',
      }) ?? world.get('payment_method', intent.payment_method)
    refuseConfirm(intent, method !== undefined)
    const current = world.patch('payment_intent', intent.id, fields)
    if (method === undefined) return current
    const tried = attemptPayment(world, current, method, {
      offSession: params.off_session ?? false,
      ...(params.return_url === undefined ? {} : { returnUrl: params.return_url }),
      baseUrl,
      errorOnRequiresAction: params.error_on_requires_action,
      acceptance: acceptanceOf(world, params.mandate_data, intent.customer),
    })
    if (tried.last_payment_error !== null) throw declineError(tried)
    return tried
  },
})
