import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PaymentLink } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { checkLineItems, makeLineItems } from '../checkout/line-items.ts'
import { priceLines } from '../checkout/totals.ts'
import type { LinkParameters } from './link-parameters.ts'

/**
 * A page to buy from that makes a Checkout Session each time it is opened (stripe-facts row 7).
 * @throws {StripeError} where its line items are refused.
 */
export function createPaymentLink(
  world: World,
  input: LinkParameters,
  baseUrl: string,
): PaymentLink {
  checkLineItems(world, input.line_items)
  if (input.line_items.length === 0) {
    throw invalidRequest('Missing required param: line_items.', {
      code: 'parameter_missing',
      param: 'line_items',
    })
  }
  const id = world.id('plink')
  const lines = priceLines(world, makeLineItems(world, input.line_items), {
    discounts: [],
    hasTrial: input.subscription_data?.trial_period_days !== undefined,
    defaultTaxRates: [],
    exempt: 'none',
  })
  const isSubscription = lines.some(({ item }) => item.price?.type === 'recurring')
  const link: PaymentLink = {
    id,
    object: 'payment_link',
    active: true,
    after_completion: afterCompletion(input),
    allow_promotion_codes: input.allow_promotion_codes ?? false,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: automaticTax(input),
    billing_address_collection: input.billing_address_collection ?? 'auto',
    consent_collection: null,
    currency: lines[0]?.item.currency ?? 'usd',
    custom_fields: [],
    custom_text: customText(input),
    customer_creation: input.customer_creation ?? (isSubscription ? 'always' : 'if_required'),
    inactive_message: input.inactive_message ?? null,
    invoice_creation: isSubscription ? null : invoiceCreation(input),
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, input.metadata),
    on_behalf_of: null,
    payment_intent_data: isSubscription ? null : paymentIntentData(input),
    payment_method_collection: input.payment_method_collection ?? 'always',
    payment_method_options: null,
    payment_method_types: input.payment_method_types ?? null,
    phone_number_collection: { enabled: input.phone_number_collection?.enabled ?? false },
    restrictions:
      input.restrictions === undefined
        ? null
        : { completed_sessions: { count: 0, limit: input.restrictions.completed_sessions.limit } },
    shipping_address_collection: null,
    shipping_options: [],
    submit_type: input.submit_type ?? 'auto',
    subscription_data: isSubscription ? subscriptionData(input) : null,
    tax_id_collection: {
      enabled: input.tax_id_collection?.enabled ?? false,
      required: input.tax_id_collection?.required ?? 'never',
    },
    transfer_data: null,
    url: `${baseUrl}/buy/${id}`,
  }
  world.insert('payment_link', link)
  world.insert('~payment_link', { id, lines })
  world.emit('payment_link.created', link)
  return link
}

type Input = Pick<
  LinkParameters,
  'after_completion' | 'automatic_tax' | 'custom_text' | 'invoice_creation' | 'subscription_data'
>

export function afterCompletion({
  after_completion: after,
}: Input): PaymentLink['after_completion'] {
  if (after?.type !== 'redirect') {
    return {
      type: 'hosted_confirmation',
      hosted_confirmation: { custom_message: after?.hosted_confirmation?.custom_message ?? null },
    }
  }
  if (after.redirect === undefined) {
    throw invalidRequest('Missing required param: after_completion[redirect].', {
      code: 'parameter_missing',
      param: 'after_completion[redirect]',
    })
  }
  return { type: 'redirect', redirect: { url: after.redirect.url } }
}

export function automaticTax({ automatic_tax: tax }: Input): PaymentLink['automatic_tax'] {
  return tax?.enabled === true
    ? { enabled: true, liability: { type: 'self' } }
    : { enabled: false, liability: null }
}

export function customText({ custom_text: text }: Input): PaymentLink['custom_text'] {
  return {
    after_submit: text?.after_submit ?? null,
    shipping_address: text?.shipping_address ?? null,
    submit: text?.submit ?? null,
    terms_of_service_acceptance: text?.terms_of_service_acceptance ?? null,
  }
}

export function invoiceCreation({
  invoice_creation: creation,
}: Input): PaymentLink['invoice_creation'] {
  const data = creation?.invoice_data
  return {
    enabled: creation?.enabled ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: data?.custom_fields ?? null,
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      issuer: null,
      metadata: mergeMetadata({}, data?.metadata),
      rendering_options: null,
    },
  }
}

function paymentIntentData({
  payment_intent_data: data,
}: LinkParameters): PaymentLink['payment_intent_data'] {
  return data === undefined
    ? null
    : {
        capture_method: data.capture_method ?? null,
        description: data.description ?? null,
        metadata: mergeMetadata({}, data.metadata),
        setup_future_usage: data.setup_future_usage ?? null,
        statement_descriptor: data.statement_descriptor ?? null,
        statement_descriptor_suffix: data.statement_descriptor_suffix ?? null,
        transfer_group: null,
      }
}

export function subscriptionData({
  subscription_data: data,
}: Input): NonNullable<PaymentLink['subscription_data']> {
  return {
    description: data?.description ?? null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    metadata: mergeMetadata({}, data?.metadata),
    trial_period_days: data?.trial_period_days ?? null,
    trial_settings: data?.trial_settings ?? null,
  }
}
