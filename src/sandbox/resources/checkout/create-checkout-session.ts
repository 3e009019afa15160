import { mergeMetadata } from '../../protocol/parameters.ts'
import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { checkSession, currencyOf } from './check-session.ts'
import { customerDetails } from './customer-details.ts'
import { makeLineItems } from './line-items.ts'
import type { SessionInput } from './session-parameters.ts'
import { amountsOf, priceLines } from './totals.ts'
import { pricingTerms } from './reprice.ts'

/** Seconds a session stays open unless `expires_at` says otherwise (stripe-facts row 5). */
const OPEN_SECONDS = 86_400

/**
 * A Checkout Session. Emits nothing: Stripe tells of a session when it ends.
 * @param version of the request: it decides whether the subscription is made before or after payment.
 * @throws {StripeError} where Stripe refuses the parameters.
 */
export function createCheckoutSession(
  world: World,
  input: SessionInput,
  baseUrl: string,
  version: string,
): CheckoutSession {
  checkSession(world, input)
  const id = world.id('cs_test', 58)
  const now = world.now(input.customer)
  const discounts = (input.discounts ?? []).map(({ coupon, promotion_code: code }) => ({
    coupon: coupon ?? null,
    promotion_code: code ?? null,
  }))
  const lines = priceLines(
    world,
    makeLineItems(world, input.line_items ?? []),
    pricingTerms(world, input, discounts),
  )
  const { mode } = input
  const isSetup = mode === 'setup'
  const amounts = amountsOf(lines)
  const types = input.allowed_payment_method_types
  const session: CheckoutSession = {
    id,
    object: 'checkout.session',
    adaptive_pricing: isSetup ? null : { enabled: false },
    after_expiration: afterExpiration(input),
    allow_promotion_codes: input.allow_promotion_codes ?? null,
    allowed_payment_method_types: types ?? null,
    amount_subtotal: isSetup ? null : amounts.subtotal,
    amount_total: isSetup ? null : amounts.total,
    automatic_tax: automaticTax(input),
    billing_address_collection: input.billing_address_collection ?? null,
    cancel_url: input.cancel_url ?? null,
    client_reference_id: input.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency: currencyOf(world, input),
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: input.custom_text?.after_submit ?? null,
      shipping_address: input.custom_text?.shipping_address ?? null,
      submit: input.custom_text?.submit ?? null,
      terms_of_service_acceptance: input.custom_text?.terms_of_service_acceptance ?? null,
    },
    customer: input.customer ?? null,
    customer_account: null,
    customer_creation: customerCreation(input),
    customer_details: customerDetails(world, input, {}),
    customer_email: input.customer_email ?? null,
    discounts: isSetup ? null : discounts,
    expires_at: input.expires_at ?? now + OPEN_SECONDS,
    integration_identifier: null,
    invoice: null,
    invoice_creation: mode === 'payment' ? invoiceCreation(input) : null,
    livemode: false,
    locale: (input.locale ?? null) as CheckoutSession['locale'],
    managed_payments: null,
    metadata: mergeMetadata({}, input.metadata),
    mode,
    origin_context: null,
    payment_intent: null,
    payment_link: input.payment_link ?? null,
    payment_method_collection:
      input.payment_method_collection ?? (mode === 'payment' ? 'if_required' : 'always'),
    payment_method_configuration_details:
      types === undefined ? { id: 'pmc_sandboxdefault', parent: null } : null,
    payment_method_options: (types ?? ['card']).includes('card')
      ? { card: { request_three_d_secure: 'automatic' } }
      : {},
    payment_method_types: types ?? ['card'],
    payment_status: !isSetup && amounts.total > 0 ? 'unpaid' : 'no_payment_required',
    permissions: null,
    phone_number_collection: { enabled: input.phone_number_collection?.enabled ?? false },
    recovered_from: input.recovered_from ?? null,
    saved_payment_method_options:
      mode === 'subscription' || (mode === 'payment' && input.customer !== undefined)
        ? {
            allow_redisplay_filters: ['always'],
            payment_method_remove: 'disabled',
            payment_method_save: null,
          }
        : null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: input.submit_type ?? null,
    subscription: null,
    success_url: input.success_url ?? null,
    ...(input.tax_id_collection === undefined
      ? {}
      : {
          tax_id_collection: {
            enabled: input.tax_id_collection.enabled,
            required: input.tax_id_collection.required ?? 'never',
          },
        }),
    total_details: isSetup
      ? null
      : {
          amount_discount: amounts.discount,
          amount_shipping: 0,
          amount_tax: amounts.tax,
        },
    ui_mode: 'hosted_page',
    url: `${baseUrl}/c/pay/${id}`,
    wallet_options: null,
  }
  world.insert('checkout.session', session)
  world.insert('~checkout', {
    id,
    version,
    baseUrl,
    input,
    lines,
    customer: null,
    paymentMethod: null,
    details: {},
    paymentIntent: null,
    setupIntent: null,
    discounts: [],
    subscription: null,
    submitting: false,
  })
  world.schedule(session.customer, { at: session.expires_at, name: 'checkout.expire', id })
  return session
}

function afterExpiration(input: SessionInput): CheckoutSession['after_expiration'] {
  const recovery = input.after_expiration?.recovery
  return recovery === undefined
    ? null
    : {
        recovery: {
          allow_promotion_codes: recovery.allow_promotion_codes ?? false,
          enabled: recovery.enabled,
          // Both are told once the session has expired.
          expires_at: null,
          url: null,
        },
      }
}

/** The sandbox's account is registered for tax nowhere, so automatic tax comes to nothing. */
function automaticTax(input: SessionInput): CheckoutSession['automatic_tax'] {
  return input.automatic_tax?.enabled === true
    ? {
        enabled: true,
        liability: { type: 'self' },
        provider: 'stripe',
        status: 'requires_location_inputs',
      }
    : { enabled: false, liability: null, provider: null, status: null }
}

function customerCreation(input: SessionInput): CheckoutSession['customer_creation'] {
  if (input.customer !== undefined) return null
  // stripe-facts row 32: since 2022-08-01 a payment makes a customer only where one is needed.
  return input.mode === 'subscription' ? 'always' : (input.customer_creation ?? 'if_required')
}

function invoiceCreation(input: SessionInput): CheckoutSession['invoice_creation'] {
  const data = input.invoice_creation?.invoice_data
  return {
    enabled: input.invoice_creation?.enabled ?? false,
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
