import type { Mandate, PaymentIntent } from '../../tables.ts'

/** A payment that Stripe's own machinery makes: an invoice's, a Checkout Session's. */
export interface PaymentInput {
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly customer: string | null
  /** An id; null: to be given later. */
  readonly paymentMethod: string | null
  /** Without the customer: nobody is there to authenticate. */
  readonly offSession: boolean
  readonly description?: string | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** Attaches the payment method to the customer when the payment goes through. */
  readonly setupFutureUsage?: 'on_session' | 'off_session' | null | undefined
  /** Default `automatic`; Checkout in payment mode has `automatic_async`. */
  readonly captureMethod?: PaymentIntent['capture_method'] | undefined
  /** Kinds of payment method it takes; absent: that of `paymentMethod`, else cards. */
  readonly methodTypes?: readonly string[] | undefined
  /** With an invoice, an authentication that is needed is waited for, off session too. */
  readonly invoice?: string | null | undefined
  readonly checkoutSession?: string | null | undefined
  readonly receiptEmail?: string | null | undefined
  readonly shipping?: PaymentIntent['shipping'] | undefined
  readonly statementDescriptor?: string | null | undefined
  readonly returnUrl?: string | null | undefined
  /** Where this sandbox is reached, for the URLs handed out. */
  readonly baseUrl?: string | undefined
  readonly acceptance?: Mandate['customer_acceptance'] | undefined
}

/** A further attempt at an intent. */
export interface Confirmation {
  /** An id; absent: the intent's own. */
  readonly paymentMethod?: string | undefined
  readonly offSession: boolean
  readonly returnUrl?: string | null | undefined
  readonly baseUrl?: string | undefined
  /** Fail rather than ask the customer for anything. */
  readonly errorOnRequiresAction?: boolean | undefined
  readonly acceptance?: Mandate['customer_acceptance'] | undefined
}
