import type { Charge, PaymentMethod } from '../../tables.ts'
import type { Decline } from '../payment-methods/behaviour.ts'
import type { Instrument } from '../payment-methods/instrument.ts'

type Details = NonNullable<Charge['payment_method_details']>
type ThreeDSecure = NonNullable<NonNullable<Details['card']>['three_d_secure']>

export interface Circumstances {
  readonly amount: number
  /** How the customer authenticated, if at all. */
  readonly authentication: 'challenge' | 'frictionless' | null
  readonly mandate: string | null
  /** Unix seconds until which an authorisation can be captured. */
  readonly captureBefore: number | null
}

/** `payment_method_details`: the means of payment as it was at the charge. */
export function detailsOf(method: PaymentMethod, at: Circumstances): Details {
  const { type } = method
  if (method.card !== undefined) return { type, card: cardDetails(method.card, at) }
  if (method.sepa_debit !== undefined) {
    const { bank_code, branch_code, country, fingerprint, last4 } = method.sepa_debit
    return {
      type,
      sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: at.mandate },
    }
  }
  if (method.bacs_debit !== undefined) {
    return { type, bacs_debit: { ...method.bacs_debit, mandate: at.mandate } }
  }
  if (method.au_becs_debit !== undefined) {
    return {
      type,
      au_becs_debit: {
        ...method.au_becs_debit,
        ...(at.mandate === null ? {} : { mandate: at.mandate }),
      },
    }
  }
  if (method.us_bank_account !== undefined) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } =
      method.us_bank_account
    return {
      type,
      us_bank_account: {
        account_holder_type,
        account_type,
        bank_name,
        fingerprint,
        last4,
        ...(at.mandate === null ? {} : { mandate: at.mandate }),
        payment_reference: null,
        routing_number,
      },
    }
  }
  return { type, customer_balance: {} }
}

function cardDetails(
  card: NonNullable<PaymentMethod['card']>,
  at: Circumstances,
): NonNullable<Details['card']> {
  return {
    amount_authorized: at.amount,
    authorization_code: null,
    brand: card.brand,
    ...(at.captureBefore === null ? {} : { capture_before: at.captureBefore }),
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: card.networks?.available[0] ?? null,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: at.amount, status: 'unavailable' },
    regulated_status: card.regulated_status,
    three_d_secure: at.authentication === null ? null : authenticated(at.authentication),
    transaction_link_id: null,
    wallet: null,
  }
}

function authenticated(flow: 'challenge' | 'frictionless'): ThreeDSecure {
  return {
    authentication_flow: flow,
    electronic_commerce_indicator: '05',
    exemption_indicator: null,
    result: 'authenticated',
    result_reason: null,
    transaction_id: null,
    version: '2.2.0',
  }
}

const SCORES = { normal: 12, elevated: 65, highest: 92 } as const

/** What Radar and the network said. */
export function outcomeOf(
  instrument: Instrument,
  type: string,
  decline: Decline | null,
): NonNullable<Charge['outcome']> {
  const { risk } = instrument.behaviour
  const nothing = { advice_code: null, network_advice_code: null, network_decline_code: null }
  const assessed =
    type === 'card'
      ? { risk_level: risk, risk_score: SCORES[risk] }
      : { risk_level: 'not_assessed' }
  if (decline === null) {
    return {
      ...nothing,
      ...assessed,
      network_status: 'approved_by_network',
      reason: risk === 'elevated' ? 'elevated_risk_level' : null,
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  }
  if (decline.blocked === true) {
    return {
      ...nothing,
      ...assessed,
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      seller_message: 'Stripe blocked this payment as too risky.',
      type: 'blocked',
    }
  }
  return {
    ...nothing,
    ...assessed,
    advice_code: type === 'card' ? 'try_again_later' : null,
    network_decline_code: type === 'card' ? '01' : null,
    network_status: 'declined_by_network',
    reason: decline.declineCode ?? decline.code,
    seller_message:
      type === 'card'
        ? 'The bank did not return any further details with this decline.'
        : decline.message,
    type: 'issuer_declined',
  }
}
