import type { CardSource } from '../../tables.ts'
import {
  fingerprintOf,
  type BillingDetails,
  type CardDetails,
} from '../payment-methods/payment-method-details.ts'

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'MasterCard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

/** The `card` object of a source or token: the older way to say what a payment method says. */
export function cardSourceOf(
  id: string,
  customer: string | null,
  card: CardDetails,
  billing: BillingDetails,
  metadata: Readonly<Record<string, string>>,
): CardSource {
  const { checks } = card.behaviour
  const { address } = billing
  return {
    id,
    object: 'card',
    address_city: address?.city ?? null,
    address_country: address?.country ?? null,
    address_line1: address?.line1 ?? null,
    address_line1_check: typeof address?.line1 === 'string' ? checks.line1 : null,
    address_line2: address?.line2 ?? null,
    address_state: address?.state ?? null,
    address_zip: address?.postal_code ?? null,
    address_zip_check: typeof address?.postal_code === 'string' ? checks.postalCode : null,
    allow_redisplay: 'unspecified',
    brand: BRANDS[card.brand] ?? 'Unknown',
    country: card.country,
    ...(customer === null ? {} : { customer }),
    cvc_check: card.hasCvc ? checks.cvc : null,
    dynamic_last4: null,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: fingerprintOf(card.number),
    funding: card.funding,
    last4: card.number.slice(-4),
    metadata,
    name: billing.name,
    regulated_status: 'unregulated',
    tokenization_method: null,
  }
}
