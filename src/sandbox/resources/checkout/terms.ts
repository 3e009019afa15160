import type { CheckoutLine } from './line-items.ts'
import type { SessionInput } from './session-parameters.ts'

/** What the customer types into the page, or the payment method brings along. */
export interface CustomerDetailsInput {
  readonly email?: string | null | undefined
  readonly name?: string | null | undefined
  readonly phone?: string | null | undefined
  readonly address?: Address | null | undefined
}

export interface Address {
  readonly city: string | null
  readonly country: string | null
  readonly line1: string | null
  readonly line2: string | null
  readonly postal_code: string | null
  readonly state: string | null
}

/** What Stripe keeps of a Checkout Session and does not show on it. */
export interface CheckoutTerms {
  /** The session's id. */
  readonly id: string
  /** The version of the request that created it: it decides when the subscription is made. */
  readonly version: string
  readonly baseUrl: string
  readonly input: SessionInput
  readonly lines: readonly CheckoutLine[]
  /** Made at the first submission and kept for the next, while the session does not name it yet. */
  readonly customer: string | null
  readonly paymentMethod: string | null
  readonly details: CustomerDetailsInput
  /** The intents of the attempt under way, or of the one that completed the session. */
  readonly paymentIntent: string | null
  readonly setupIntent: string | null
  /** Ids of the discounts given when a payment completed. */
  readonly discounts: readonly string[]
  /** A subscription made before the money came (versions before basil). */
  readonly subscription: string | null
  /** An attempt is being answered: what settles now is that attempt's own answer. */
  readonly submitting: boolean
}
