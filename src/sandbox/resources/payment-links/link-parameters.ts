import type { z } from 'zod'
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
} from '../../protocol/parameters.ts'
import {
  customText,
  invoiceCreation,
  lineItem,
  PAYMENT_METHOD_TYPES,
  paymentIntentData,
  subscriptionData,
} from '../checkout/session-parameters.ts'

const afterCompletion = hash({
  type: oneOf('hosted_confirmation', 'redirect'),
  hosted_confirmation: hash({ custom_message: text.optional() }).optional(),
  redirect: hash({ url: text }).optional(),
})

const common = {
  after_completion: afterCompletion.optional(),
  allow_promotion_codes: flag.optional(),
  automatic_tax: hash({ enabled: flag }).optional(),
  billing_address_collection: oneOf('auto', 'required').optional(),
  custom_text: customText.optional(),
  customer_creation: oneOf('always', 'if_required').optional(),
  invoice_creation: invoiceCreation.optional(),
  metadata: metadata.optional(),
  payment_method_collection: oneOf('always', 'if_required').optional(),
  phone_number_collection: hash({ enabled: flag }).optional(),
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe').optional(),
  subscription_data: subscriptionData
    .pick({ description: true, metadata: true, trial_period_days: true, trial_settings: true })
    .optional(),
  tax_id_collection: hash({
    enabled: flag,
    required: oneOf('if_supported', 'never').optional(),
  }).optional(),
}

const methods = list(oneOf(...PAYMENT_METHOD_TYPES))
const restrictions = hash({ completed_sessions: hash({ limit: count }) })

export const linkParameters = hash({
  ...common,
  currency: currency.optional(),
  inactive_message: text.optional(),
  line_items: list(lineItem.omit({ tax_rates: true, metadata: true })),
  payment_intent_data: paymentIntentData.omit({ receipt_email: true, shipping: true }).optional(),
  payment_method_types: methods.optional(),
  restrictions: restrictions.optional(),
})

export const linkUpdateParameters = hash({
  ...common,
  active: flag.optional(),
  inactive_message: clearable(text).optional(),
  payment_method_types: clearable(methods).optional(),
  restrictions: clearable(restrictions).optional(),
})

export type LinkParameters = z.output<typeof linkParameters>
export type LinkUpdate = z.output<typeof linkUpdateParameters>
