import type { z } from 'zod'
import {
  count,
  currency,
  decimal,
  flag,
  hash,
  integer,
  list,
  metadata,
  oneOf,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { checkoutLocale } from '../../protocol/locales.ts'

/** Ways to pay that the sandbox can play: cards, and debits that settle days later. */
export const PAYMENT_METHOD_TYPES = [
  'card',
  'sepa_debit',
  'bacs_debit',
  'us_bank_account',
  'au_becs_debit',
] as const

export const priceData = hash({
  currency,
  product: text.optional(),
  product_data: hash({
    name: text,
    description: text.optional(),
    images: list(text).optional(),
    metadata: metadata.optional(),
    tax_code: text.optional(),
    unit_label: text.optional(),
  }).optional(),
  recurring: hash({
    interval: oneOf('day', 'month', 'week', 'year'),
    interval_count: count.optional(),
  }).optional(),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
  unit_amount: integer.optional(),
  unit_amount_decimal: decimal.optional(),
})

export const adjustableQuantity = hash({
  enabled: flag,
  maximum: count.optional(),
  minimum: count.optional(),
})

export const lineItem = hash({
  adjustable_quantity: adjustableQuantity.optional(),
  metadata: metadata.optional(),
  price: text.optional(),
  price_data: priceData.optional(),
  quantity: count.optional(),
  tax_rates: list(text).optional(),
})

const address = hash({
  city: text.optional(),
  country: text.optional(),
  line1: text.optional(),
  line2: text.optional(),
  postal_code: text.optional(),
  state: text.optional(),
})

export const subscriptionData = hash({
  billing_mode: hash({
    type: oneOf('classic', 'flexible'),
    flexible: hash({ proration_discounts: oneOf('included', 'itemized').optional() }).optional(),
  }).optional(),
  default_tax_rates: list(text).optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  trial_end: timestamp.optional(),
  trial_period_days: integer.optional(),
  trial_settings: hash({
    end_behavior: hash({ missing_payment_method: oneOf('cancel', 'create_invoice', 'pause') }),
  }).optional(),
})

export const paymentIntentData = hash({
  capture_method: oneOf('automatic', 'automatic_async', 'manual').optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  receipt_email: text.optional(),
  setup_future_usage: oneOf('off_session', 'on_session').optional(),
  shipping: hash({
    address,
    carrier: text.optional(),
    name: text,
    phone: text.optional(),
    tracking_number: text.optional(),
  }).optional(),
  statement_descriptor: text.optional(),
  statement_descriptor_suffix: text.optional(),
})

export const invoiceCreation = hash({
  enabled: flag,
  invoice_data: hash({
    custom_fields: list(hash({ name: text, value: text })).optional(),
    description: text.optional(),
    footer: text.optional(),
    metadata: metadata.optional(),
  }).optional(),
})

const message = hash({ message: text })

export const customText = hash({
  after_submit: message.optional(),
  shipping_address: message.optional(),
  submit: message.optional(),
  terms_of_service_acceptance: message.optional(),
})

/** `POST /v1/checkout/sessions`: what the hosted page needs; embedded forms are not offered. */
export const sessionParameters = hash({
  after_expiration: hash({
    recovery: hash({ allow_promotion_codes: flag.optional(), enabled: flag }).optional(),
  }).optional(),
  allow_promotion_codes: flag.optional(),
  allowed_payment_method_types: list(oneOf(...PAYMENT_METHOD_TYPES)).optional(),
  automatic_tax: hash({ enabled: flag }).optional(),
  billing_address_collection: oneOf('auto', 'required').optional(),
  cancel_url: text.optional(),
  client_reference_id: text.optional(),
  currency: currency.optional(),
  custom_text: customText.optional(),
  customer: text.optional(),
  customer_creation: oneOf('always', 'if_required').optional(),
  customer_email: text.optional(),
  customer_update: hash({
    address: oneOf('auto', 'never').optional(),
    name: oneOf('auto', 'never').optional(),
  }).optional(),
  discounts: list(hash({ coupon: text.optional(), promotion_code: text.optional() })).optional(),
  expires_at: timestamp.optional(),
  invoice_creation: invoiceCreation.optional(),
  line_items: list(lineItem).optional(),
  locale: checkoutLocale.optional(),
  metadata: metadata.optional(),
  mode: oneOf('payment', 'setup', 'subscription'),
  payment_intent_data: paymentIntentData.optional(),
  payment_method_collection: oneOf('always', 'if_required').optional(),
  phone_number_collection: hash({ enabled: flag }).optional(),
  setup_intent_data: hash({
    description: text.optional(),
    metadata: metadata.optional(),
  }).optional(),
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe').optional(),
  subscription_data: subscriptionData.optional(),
  success_url: text.optional(),
  tax_id_collection: hash({
    enabled: flag,
    required: oneOf('if_supported', 'never').optional(),
  }).optional(),
  ui_mode: oneOf('hosted_page').optional(),
})

export type SessionParameters = z.output<typeof sessionParameters>
export type LineItemParameters = z.output<typeof lineItem>
export type PriceData = z.output<typeof priceData>

/** What `createCheckoutSession` takes: the API's parameters, and where the session came from. */
export interface SessionInput extends SessionParameters {
  /** The payment link whose page was opened. */
  readonly payment_link?: string | undefined
  /** The expired session it recovers. */
  readonly recovered_from?: string | undefined
}

/** Whether its recurring prices start free of charge. */
export function hasTrial({ subscription_data: data }: SessionInput): boolean {
  return data?.trial_end !== undefined || data?.trial_period_days !== undefined
}

const OLD_UI_MODES: Readonly<Record<string, string>> = { hosted: 'hosted_page' }

/**
 * Parameters as older versions name them: `payment_method_types` went in 2026-09-30.endive, the
 * values of `ui_mode` changed in 2026-03-25.dahlia (stripe-facts §2.2).
 */
export function legacySessionParameters(params: Record<string, unknown>): Record<string, unknown> {
  const { payment_method_types: types, ui_mode: mode, ...rest } = params
  return {
    ...rest,
    ...(types === undefined ? {} : { allowed_payment_method_types: types }),
    ...(mode === undefined
      ? {}
      : { ui_mode: typeof mode === 'string' ? (OLD_UI_MODES[mode] ?? mode) : mode }),
  }
}
