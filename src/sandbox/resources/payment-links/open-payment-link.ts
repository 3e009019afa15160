import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import { CURRENT_VERSION } from '../../protocol/versions.ts'
import type { CheckoutSession, PaymentLink } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createCheckoutSession } from '../checkout/create-checkout-session.ts'
import { PAYMENT_METHOD_TYPES, type SessionInput } from '../checkout/session-parameters.ts'

/** What a link's address may bring along. */
export interface LinkVisit {
  readonly client_reference_id?: string | undefined
  readonly prefilled_email?: string | undefined
  readonly prefilled_promo_code?: string | undefined
}

/**
 * A visit to a payment link's page: a new Checkout Session with `payment_link` set (stripe-facts row 7).
 * @throws {StripeError} where there is no such link, or it sells nothing any more.
 */
export function openPaymentLink(
  world: World,
  id: string,
  visit: LinkVisit,
  baseUrl: string,
): CheckoutSession {
  const link = world.get('payment_link', id)
  if (link === undefined) throw missing('payment_link', id)
  const sold = link.restrictions?.completed_sessions
  if (!link.active || (sold !== undefined && sold.count >= sold.limit)) {
    throw invalidRequest(link.inactive_message ?? 'This link is no longer active.')
  }
  return createCheckoutSession(world, inputOf(world, link, visit), baseUrl, CURRENT_VERSION)
}

function inputOf(world: World, link: PaymentLink, visit: LinkVisit): SessionInput {
  const { lines } = world.must('~payment_link', link.id)
  const isSubscription = link.subscription_data !== null
  const types = PAYMENT_METHOD_TYPES.filter((type) => link.payment_method_types?.includes(type))
  const { subscription_data: subscription, payment_intent_data: payment } = link
  return {
    mode: isSubscription ? 'subscription' : 'payment',
    payment_link: link.id,
    line_items: lines.map(({ item }) => ({
      price: item.price?.id,
      ...(item.quantity === null ? {} : { quantity: item.quantity }),
      ...(item.adjustable_quantity === null
        ? {}
        : {
            adjustable_quantity: {
              enabled: true,
              maximum: item.adjustable_quantity.maximum ?? undefined,
              minimum: item.adjustable_quantity.minimum ?? undefined,
            },
          }),
    })),
    ...(link.after_completion.redirect === undefined
      ? {}
      : { success_url: link.after_completion.redirect.url }),
    allow_promotion_codes: link.allow_promotion_codes,
    automatic_tax: { enabled: link.automatic_tax.enabled },
    client_reference_id: visit.client_reference_id,
    customer_email: visit.prefilled_email,
    metadata: link.metadata,
    ...(types.length === 0 ? {} : { allowed_payment_method_types: types }),
    ...(subscription === null
      ? {
          customer_creation: link.customer_creation as 'always' | 'if_required',
          invoice_creation: { enabled: link.invoice_creation?.enabled ?? false },
        }
      : {
          payment_method_collection: link.payment_method_collection as 'always' | 'if_required',
          subscription_data: {
            description: subscription.description ?? undefined,
            metadata: subscription.metadata,
            trial_period_days: subscription.trial_period_days ?? undefined,
            trial_settings: subscription.trial_settings as NonNullable<
              SessionInput['subscription_data']
            >['trial_settings'],
          },
        }),
    ...(payment === null
      ? {}
      : {
          payment_intent_data: {
            capture_method: (payment.capture_method ?? undefined) as 'manual' | undefined,
            description: payment.description ?? undefined,
            metadata: payment.metadata,
            setup_future_usage: (payment.setup_future_usage ?? undefined) as
              'off_session' | undefined,
          },
        }),
  }
}
