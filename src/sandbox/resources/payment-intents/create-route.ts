import { inParameter } from '../../protocol/find.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PaymentIntent } from '../../tables.ts'
import { attemptPayment } from './attempt-payment.ts'
import { changeAttempt } from './attempt-record.ts'
import { declineError } from './decline-error.ts'
import { insertPaymentIntent, optionsFor } from './insert-payment-intent.ts'
import { acceptanceOf, methodForRequest, typesFor } from './method-for-request.ts'
import { withOptions } from './method-options.ts'
import { createParams, olderTypes } from './payment-intent-params.ts'
import { refuseAmount } from './refusals.ts'
import { shippingOf } from './shipping.ts'

export const create = route({
  method: 'POST',
  path: '/v1/payment_intents',
  params: createParams,
  legacy: olderTypes,
  handle: ({ world, params, baseUrl }) => {
    refuseAmount(params.amount, params.currency)
    const customer =
      params.customer === undefined
        ? null
        : inParameter(world, 'customer', params.customer, 'customer').id
    if (params.off_session === true && params.confirm !== true) {
      throw invalidRequest('You can only set `off_session` when `confirm` is set to true.', {
        param: 'off_session',
      })
    }
    const allowed = params.allowed_payment_method_types
    const types = typesFor(allowed, params.excluded_payment_method_types, params.currency)
    const method = methodForRequest(world, params, {
      customer,
      types,
      intent: 'PaymentIntent',
      instantly: params.payment_method_options?.us_bank_account?.verification_method === 'instant',
    })
    if (params.confirm === true && method === null) {
      throw invalidRequest(
        'You must provide a payment method when you confirm a PaymentIntent at its creation.',
        { code: 'parameter_missing', param: 'payment_method' },
      )
    }
    const automatic = allowed === undefined
    const intent = insertPaymentIntent(world, {
      amount: params.amount,
      currency: params.currency,
      customer,
      allowed_payment_method_types: (allowed ??
        null) as PaymentIntent['allowed_payment_method_types'],
      automatic_payment_methods: automatic
        ? {
            allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always',
            enabled: params.automatic_payment_methods?.enabled ?? true,
          }
        : null,
      capture_method:
        params.capture_method ??
        params.payment_method_options?.card?.capture_method ??
        'automatic_async',
      confirmation_method: params.confirmation_method ?? 'automatic',
      description: params.description ?? null,
      excluded_payment_method_types: (params.excluded_payment_method_types ??
        null) as PaymentIntent['excluded_payment_method_types'],
      metadata: params.metadata ?? {},
      payment_method: method?.id ?? null,
      payment_method_options: withOptions(
        optionsFor(types),
        params.payment_method_options,
        params.currency,
      ),
      payment_method_types: types,
      receipt_email: params.receipt_email ?? null,
      setup_future_usage: params.setup_future_usage ?? null,
      shipping: shippingOf(params.shipping),
      statement_descriptor: params.statement_descriptor ?? null,
      statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
      transfer_group: params.transfer_group ?? null,
    })
    changeAttempt(world, intent.id, { baseUrl, returnUrl: params.return_url ?? null })
    if (params.confirm !== true || method === null) return intent
    const tried = attemptPayment(world, intent, method, {
      offSession: params.off_session ?? false,
      returnUrl: params.return_url ?? null,
      baseUrl,
      errorOnRequiresAction: params.error_on_requires_action,
      acceptance: acceptanceOf(world, params.mandate_data, customer),
    })
    if (tried.last_payment_error !== null) throw declineError(tried)
    return tried
  },
})
