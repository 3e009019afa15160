import { clearable, flag, hash, list, metadata, oneOf, text } from '../../protocol/parameters.ts'
import { mandateData, methodOptions } from '../payment-intents/payment-intent-params.ts'
import { allowedMethodType, intentMethodType } from '../payment-methods/named-method-types.ts'
import { paymentMethodData } from '../payment-methods/payment-method-params.ts'

const common = {
  allowed_payment_method_types: list(allowedMethodType).optional(),
  payment_method: text.optional(),
  payment_method_data: paymentMethodData.optional(),
  payment_method_options: methodOptions.optional(),
}

const described = {
  ...common,
  customer: text.optional(),
  description: text.optional(),
  excluded_payment_method_types: clearable(list(intentMethodType)).optional(),
  metadata: metadata.optional(),
}

const confirming = {
  mandate_data: clearable(mandateData).optional(),
  return_url: text.optional(),
  use_stripe_sdk: flag.optional(),
}

export const createParams = hash({
  ...described,
  ...confirming,
  automatic_payment_methods: hash({
    enabled: flag,
    allow_redirects: oneOf('always', 'never').optional(),
  }).optional(),
  confirm: flag.optional(),
  usage: oneOf('off_session', 'on_session').optional(),
})

export const updateParams = hash(described)

export const confirmParams = hash({ ...common, ...confirming })
