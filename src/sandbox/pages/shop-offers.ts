import type { SessionInput } from '../resources/checkout/session-parameters.ts'
import { SHOP_PRICES } from './stock-shop.ts'

/** Something to buy in the sample shop. */
export interface Offer {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly price: keyof typeof SHOP_PRICES
  readonly button: string
  readonly input: Partial<SessionInput> & Pick<SessionInput, 'mode'>
}

const TRIAL_DAYS = 14

export const OFFERS: readonly Offer[] = [
  {
    id: 'pro',
    title: 'Pro',
    text: 'Export, single sign-on, seats and 10,000 API calls a month. Billed monthly per seat.',
    price: 'pro',
    button: 'Buy Pro',
    input: { mode: 'subscription', allow_promotion_codes: true },
  },
  {
    id: 'trial',
    title: 'Pro, 14 days free',
    text: 'The card is saved now and charged when the trial ends.',
    price: 'pro',
    button: 'Start trial',
    input: { mode: 'subscription', subscription_data: { trial_period_days: TRIAL_DAYS } },
  },
  {
    id: 'sepa',
    title: 'Pro by bank debit',
    text: 'SEPA Direct Debit: the purchase completes at once, the money is certain only later.',
    price: 'proEuro',
    button: 'Try with SEPA',
    input: { mode: 'subscription', allowed_payment_method_types: ['sepa_debit', 'card'] },
  },
  {
    id: 'lifetime',
    title: 'Pro for life',
    text: 'Paid once. No subscription behind it.',
    price: 'lifetime',
    button: 'Buy lifetime',
    input: { mode: 'payment', allow_promotion_codes: true },
  },
  {
    id: 'credits',
    title: '100 credits',
    text: 'A pack that is used up; buy as many as you like.',
    price: 'credits',
    button: 'Buy credits',
    input: { mode: 'payment' },
  },
]

/** The session that sells an offer to the app's customer. */
export function offerInput(
  offer: Offer,
  buyer: { readonly customer: string; readonly metadataKey: string },
  baseUrl: string,
): SessionInput {
  const metadata = { [buyer.metadataKey]: buyer.customer }
  return {
    ...offer.input,
    line_items: [
      {
        price: SHOP_PRICES[offer.price],
        quantity: 1,
        ...(offer.id === 'pro'
          ? { adjustable_quantity: { enabled: true, minimum: 1, maximum: 50 } }
          : {}),
      },
    ],
    client_reference_id: buyer.customer,
    metadata,
    ...(offer.input.mode === 'subscription'
      ? { subscription_data: { ...offer.input.subscription_data, metadata } }
      : { payment_intent_data: { metadata } }),
    success_url: `${baseUrl}/shop/thanks?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${baseUrl}/shop?customer=${encodeURIComponent(buyer.customer)}`,
  }
}
