/** Why a bank or Stripe refuses a payment: what the error, the charge and its outcome say. */
export interface Decline {
  /** The error's `code`. */
  readonly code: string
  /** The error's `decline_code`, where Stripe gives one. */
  readonly declineCode?: string
  readonly message: string
  /** Stripe stopped it before the bank saw it. */
  readonly blocked?: boolean
}

/** When a card's issuer wants the customer to authenticate (3D Secure). */
export type Authentication =
  /** Always, off session too. */
  | 'always'
  /** Off session only until the card was set up; on session always. */
  | 'unless_set_up'
  /** Only where the request asks for it. */
  | 'on_request'
  /** Asked for, it passes without the customer, who is not enrolled. */
  | 'unenrolled'
  /** Where the request asks for it the look-up fails. */
  | 'broken_on_request'
  /** Always, and it passes without the customer. */
  | 'frictionless'
  /** It is demanded, and the look-up fails. */
  | 'broken'
  /** The card cannot. */
  | 'unsupported'

/** What a customer or bank complains of once the money arrived. */
export type DisputeKind =
  | 'fraudulent'
  | 'product_not_received'
  | 'inquiry'
  | 'multiple'
  | 'compliance'
  /** A bank debit returned: nothing to answer, lost when it is born (stripe-facts rows 27, 80). */
  | 'bank_return'
  /** No dispute: an early fraud warning (stripe-facts row 82). */
  | 'warning'

/** How a means of payment behaves when Stripe's published test values stand behind it. */
export interface Behaviour {
  /** What becomes of a charge; absent: it succeeds. */
  readonly decline?: Decline
  /** Attaching it to a customer is refused with the same words. */
  readonly attachFails?: boolean
  readonly authentication: Authentication
  /** Authentication by this card counts as done for off-session payments. */
  readonly setUp?: boolean
  readonly dispute?: DisputeKind
  /** Refunds start as pending, or start as succeeded and fail. */
  readonly refund?: 'pending' | 'fails'
  /** When a bank debit settles; `never`: it stays processing. */
  readonly settles: 'at_once' | 'usually' | 'slowly' | 'never'
  /** The mandate ends with a failed debit, or is refused at once (Bacs). */
  readonly mandate?: 'ends' | 'refused'
  /** A US account whose micro-deposits cannot be sent. */
  readonly microdepositsFail?: boolean
  readonly risk: 'normal' | 'elevated' | 'highest'
  readonly checks: Checks
  /** The money is available at once. */
  readonly bypassesPending?: boolean
}

interface Checks {
  readonly cvc: 'pass' | 'fail' | 'unavailable' | 'unchecked'
  readonly line1: 'pass' | 'fail' | 'unavailable' | 'unchecked'
  readonly postalCode: 'pass' | 'fail' | 'unavailable' | 'unchecked'
}

const PASS: Checks = { cvc: 'pass', line1: 'pass', postalCode: 'pass' }

/** A card that simply works. */
export const PLAIN: Behaviour = {
  authentication: 'unenrolled',
  settles: 'at_once',
  risk: 'normal',
  checks: PASS,
}

/** A bank account that simply works. */
export const PLAIN_DEBIT: Behaviour = {
  ...PLAIN,
  authentication: 'unsupported',
  settles: 'usually',
}

export function checks(change: Partial<Checks>): Checks {
  return { ...PASS, ...change }
}
