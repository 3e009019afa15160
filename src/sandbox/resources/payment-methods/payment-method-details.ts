import { Random } from '../../random.ts'
import type { PaymentMethod } from '../../tables.ts'
import type { Behaviour } from './behaviour.ts'
import { SEPA_COUNTRIES } from './iban.ts'

type Card = NonNullable<PaymentMethod['card']>
export type BillingDetails = PaymentMethod['billing_details']

/** Card details as they are known of a number, a test name or a token. */
export interface CardDetails {
  readonly number: string
  readonly brand: string
  readonly country: string
  readonly funding: string
  readonly expMonth: number
  readonly expYear: number
  readonly hasCvc: boolean
  readonly behaviour: Behaviour
}

export const NO_BILLING_DETAILS: BillingDetails = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
}

/** The same number has the same fingerprint, everywhere and always. */
export function fingerprintOf(number: string): string {
  return new Random(`fingerprint ${number}`).text(16)
}

const NETWORKS: Readonly<Record<string, string>> = { diners: 'discover' }

export function cardOf(details: CardDetails, billing: BillingDetails): Card {
  const { checks } = details.behaviour
  const network = NETWORKS[details.brand] ?? details.brand
  return {
    brand: details.brand,
    checks: {
      address_line1_check: typeof billing.address?.line1 === 'string' ? checks.line1 : null,
      address_postal_code_check:
        typeof billing.address?.postal_code === 'string' ? checks.postalCode : null,
      cvc_check: details.hasCvc ? checks.cvc : null,
    },
    country: details.country,
    display_brand: details.brand === 'amex' ? 'american_express' : details.brand,
    exp_month: details.expMonth,
    exp_year: details.expYear,
    fingerprint: fingerprintOf(details.number),
    funding: details.funding,
    generated_from: null,
    last4: details.number.slice(-4),
    networks: { available: [network], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: details.behaviour.authentication !== 'unsupported' },
    wallet: null,
  }
}

export function sepaDebitOf(iban: string): NonNullable<PaymentMethod['sepa_debit']> {
  const country = iban.slice(0, 2)
  const bankDigits = SEPA_COUNTRIES[country]?.bankCode ?? 4
  return {
    bank_code: iban.slice(4, 4 + bankDigits),
    branch_code: '',
    country,
    fingerprint: fingerprintOf(iban),
    generated_from: { charge: null, setup_attempt: null },
    last4: iban.slice(-4),
  }
}

export function bacsDebitOf(
  account: string,
  sortCode: string,
): NonNullable<PaymentMethod['bacs_debit']> {
  return {
    fingerprint: fingerprintOf(`${sortCode} ${account}`),
    last4: account.slice(-4),
    sort_code: sortCode.replaceAll('-', ''),
  }
}

export function auBecsDebitOf(
  account: string,
  bsb: string,
): NonNullable<PaymentMethod['au_becs_debit']> {
  return {
    bsb_number: bsb.replaceAll('-', ''),
    fingerprint: fingerprintOf(`${bsb} ${account}`),
    last4: account.slice(-4),
  }
}

export function usBankAccountOf(
  account: string,
  routing: string,
  holder: 'company' | 'individual',
  kind: 'checking' | 'savings',
): NonNullable<PaymentMethod['us_bank_account']> {
  return {
    account_holder_type: holder,
    account_type: kind,
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    fingerprint: fingerprintOf(`${routing} ${account}`),
    last4: account.slice(-4),
    networks: { preferred: 'ach', supported: ['ach'] },
    routing_number: routing,
    status_details: {},
  }
}
