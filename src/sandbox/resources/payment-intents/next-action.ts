import type { PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { attemptOf } from './attempt-record.ts'

type NextAction = NonNullable<PaymentIntent['next_action']>

/** Where the customer authenticates, on this sandbox; comes back to `returnUrl` if there is one. */
export function authenticationUrl(baseUrl: string, id: string, returnUrl: string | null): string {
  const back = returnUrl === null ? '' : `?return_url=${encodeURIComponent(returnUrl)}`
  return `${baseUrl}/_sandbox/authenticate/${id}${back}`
}

/** As at Stripe: a redirect where there is an address to come back to, else it is Stripe.js's work. */
export function authenticate(world: World, id: string): AuthenticationAction {
  const { baseUrl, returnUrl } = attemptOf(world, id)
  const url = authenticationUrl(baseUrl, id, returnUrl)
  return returnUrl === null
    ? {
        type: 'use_stripe_sdk',
        // The SDK types the content as unknown, and our wire types then as never.
        use_stripe_sdk: {
          type: 'three_d_secure_redirect',
          stripe_js: url,
        } as object as NonNullable<NextAction['use_stripe_sdk']>,
      }
    : { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } }
}

/** What payment and setup intents alike ask of a customer. */
type AuthenticationAction =
  | {
      readonly type: 'redirect_to_url'
      readonly redirect_to_url: { readonly return_url: string; readonly url: string }
    }
  | {
      readonly type: 'use_stripe_sdk'
      readonly use_stripe_sdk: NonNullable<NextAction['use_stripe_sdk']>
    }

const BUSINESS_DAY = 86_400

/** stripe-facts row 25 */
export function verifyWithMicrodeposits(
  world: World,
  id: string,
  customer: string | null,
): Pick<NextAction, 'type'> & Required<Pick<NextAction, 'verify_with_microdeposits'>> {
  const { baseUrl } = attemptOf(world, id)
  return {
    type: 'verify_with_microdeposits',
    verify_with_microdeposits: {
      arrival_date: world.now(customer) + BUSINESS_DAY,
      hosted_verification_url: `${baseUrl}/_sandbox/microdeposits/${id}`,
      microdeposit_type: 'descriptor_code' as const,
    },
  }
}

type TransferType = NonNullable<NextAction['display_bank_transfer_instructions']>['type']

const TRANSFERS: Readonly<Record<string, TransferType>> = {
  eur: 'eu_bank_transfer',
  gbp: 'gb_bank_transfer',
  jpy: 'jp_bank_transfer',
  mxn: 'mx_bank_transfer',
  usd: 'us_bank_transfer',
}

export function bankTransferType(currency: string): TransferType {
  return TRANSFERS[currency] ?? 'eu_bank_transfer'
}

export function displayBankTransfer(
  world: World,
  intent: PaymentIntent,
  remaining: number,
): NextAction {
  const before = intent.next_action?.display_bank_transfer_instructions
  return {
    type: 'display_bank_transfer_instructions',
    display_bank_transfer_instructions: {
      amount_remaining: remaining,
      currency: intent.currency,
      financial_addresses: [],
      hosted_instructions_url:
        before?.hosted_instructions_url ??
        `${attemptOf(world, intent.id).baseUrl}/_sandbox/bank-transfer/${intent.id}`,
      reference: before?.reference ?? world.random.text(12).toUpperCase(),
      type: bankTransferType(intent.currency),
    },
  }
}
