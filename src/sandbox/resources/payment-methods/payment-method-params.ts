import { z } from 'zod'
import type { PaymentMethod } from '../../tables.ts'
import { clearable, hash, integer, metadata, oneOf, text } from '../../protocol/parameters.ts'

export const address = hash({
  city: clearable(text).optional(),
  country: clearable(text).optional(),
  line1: clearable(text).optional(),
  line2: clearable(text).optional(),
  postal_code: clearable(text).optional(),
  state: clearable(text).optional(),
})

export const billingDetails = hash({
  address: clearable(address).optional(),
  email: clearable(text).optional(),
  name: clearable(text).optional(),
  phone: clearable(text).optional(),
  tax_id: text.optional(),
})

const cardData = hash({
  number: text.optional(),
  exp_month: integer.optional(),
  exp_year: integer.optional(),
  cvc: text.optional(),
  token: text.optional(),
  networks: hash({ preferred: clearable(text).optional() }).optional(),
})

export const allowRedisplay = oneOf('always', 'limited', 'unspecified')

/** The kinds of payment methods this sandbox plays. */
export const PAYMENT_METHOD_TYPES = [
  'card',
  'sepa_debit',
  'bacs_debit',
  'us_bank_account',
  'au_becs_debit',
  'customer_balance',
  'custom',
] as const

export type PaymentMethodType = (typeof PAYMENT_METHOD_TYPES)[number]

/** The details of a payment method, as its own creation and `payment_method_data` take them. */
export const paymentMethodShape = {
  type: oneOf(...PAYMENT_METHOD_TYPES),
  allow_redisplay: allowRedisplay.optional(),
  billing_details: billingDetails.optional(),
  metadata: metadata.optional(),
  card: cardData.optional(),
  sepa_debit: hash({ iban: text }).optional(),
  bacs_debit: hash({ account_number: text.optional(), sort_code: text.optional() }).optional(),
  au_becs_debit: hash({ account_number: text, bsb_number: text }).optional(),
  us_bank_account: hash({
    account_number: text.optional(),
    routing_number: text.optional(),
    account_holder_type: oneOf('company', 'individual').optional(),
    account_type: oneOf('checking', 'savings').optional(),
    financial_connections_account: text.optional(),
  }).optional(),
  customer_balance: z.union([z.literal(''), hash({})]).optional(),
  custom: hash({ type: text }).optional(),
  radar_options: hash({ session: text.optional() }).optional(),
}

export const paymentMethodData = hash(paymentMethodShape)

export type PaymentMethodData = z.output<typeof paymentMethodData>

/** `''` in an address or name is null on the object. */
export function withAddress(
  given: z.output<typeof address> | null | undefined,
): NonNullable<PaymentMethod['billing_details']['address']> {
  return {
    city: given?.city ?? null,
    country: given?.country ?? null,
    line1: given?.line1 ?? null,
    line2: given?.line2 ?? null,
    postal_code: given?.postal_code ?? null,
    state: given?.state ?? null,
  }
}
