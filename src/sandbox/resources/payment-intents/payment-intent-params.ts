import { z } from 'zod'
import {
  clearable,
  count,
  currency,
  flag,
  hash,
  list,
  metadata,
  oneOf,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { allowedMethodType, intentMethodType } from '../payment-methods/named-method-types.ts'
import { address, paymentMethodData } from '../payment-methods/payment-method-params.ts'

export const shipping = hash({
  address,
  name: text,
  carrier: text.optional(),
  phone: text.optional(),
  tracking_number: text.optional(),
})

export const mandateData = hash({
  customer_acceptance: hash({
    type: oneOf('offline', 'online'),
    accepted_at: timestamp.optional(),
    offline: z.union([z.literal(''), hash({})]).optional(),
    online: hash({ ip_address: text, user_agent: text }).optional(),
  }),
})

const captureMethod = oneOf('automatic', 'automatic_async', 'manual')
const futureUsage = oneOf('off_session', 'on_session')

/** Options of the kinds this sandbox plays; only what changes what happens, and what is kept. */
export const methodOptions = hash({
  card: hash({
    capture_method: oneOf('manual').optional(),
    request_three_d_secure: oneOf('any', 'automatic', 'challenge').optional(),
    setup_future_usage: oneOf('none', 'off_session', 'on_session').optional(),
  }).optional(),
  sepa_debit: hash({
    setup_future_usage: oneOf('none', 'off_session', 'on_session').optional(),
  }).optional(),
  bacs_debit: hash({
    setup_future_usage: oneOf('none', 'off_session', 'on_session').optional(),
  }).optional(),
  us_bank_account: hash({
    verification_method: oneOf('automatic', 'instant', 'microdeposits').optional(),
    setup_future_usage: oneOf('none', 'off_session', 'on_session').optional(),
  }).optional(),
  customer_balance: hash({
    funding_type: oneOf('bank_transfer').optional(),
    bank_transfer: hash({
      type: text,
      eu_bank_transfer: hash({ country: text }).optional(),
      requested_address_types: list(text).optional(),
    }).optional(),
    setup_future_usage: oneOf('none').optional(),
  }).optional(),
})

const common = {
  allowed_payment_method_types: list(allowedMethodType).optional(),
  capture_method: captureMethod.optional(),
  excluded_payment_method_types: clearable(list(intentMethodType)).optional(),
  payment_method: text.optional(),
  payment_method_data: paymentMethodData.optional(),
  payment_method_options: methodOptions.optional(),
  setup_future_usage: clearable(futureUsage).optional(),
  receipt_email: clearable(text).optional(),
  shipping: clearable(shipping).optional(),
}

const described = {
  ...common,
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  statement_descriptor: text.optional(),
  statement_descriptor_suffix: text.optional(),
  transfer_group: text.optional(),
}

const confirming = {
  error_on_requires_action: flag.optional(),
  mandate: text.optional(),
  mandate_data: clearable(mandateData).optional(),
  off_session: z.union([flag, oneOf('one_off', 'recurring').transform(() => true)]).optional(),
  radar_options: hash({ session: text.optional() }).optional(),
  return_url: text.optional(),
  use_stripe_sdk: flag.optional(),
}

export const createParams = hash({
  ...described,
  ...confirming,
  amount: count,
  currency,
  automatic_payment_methods: hash({
    enabled: flag,
    allow_redirects: oneOf('always', 'never').optional(),
  }).optional(),
  confirm: flag.optional(),
  confirmation_method: oneOf('automatic', 'manual').optional(),
})

export const updateParams = hash({
  ...described,
  amount: count.optional(),
  currency: currency.optional(),
})

export const confirmParams = hash({ ...common, ...confirming })

export const captureParams = hash({
  amount_to_capture: count.optional(),
  final_capture: flag.optional(),
  metadata: metadata.optional(),
  statement_descriptor: text.optional(),
  statement_descriptor_suffix: text.optional(),
})

/** `payment_method_types` was its name until 2026-09-30.endive. */
export function olderTypes(params: Record<string, unknown>): Record<string, unknown> {
  const { payment_method_types: types, ...rest } = params
  return types === undefined ? params : { allowed_payment_method_types: types, ...rest }
}
