import type { BillingDetails, CardDetails } from '../payment-methods/payment-method-details.ts'
import type { Wire } from '../../wire.ts'
import type Stripe from 'stripe'

export type Token = Wire<Stripe.Token>

/** A token made by `POST /v1/tokens`: what it shows, and the card behind it. */
export interface TokenRecord {
  readonly id: string
  readonly token: Token
  readonly card: CardDetails
  readonly billing: BillingDetails
}
