import type { PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { PLAIN, PLAIN_DEBIT, type Behaviour } from './behaviour.ts'
import {
  auBecsDebitOf,
  bacsDebitOf,
  cardOf,
  NO_BILLING_DETAILS,
  sepaDebitOf,
  usBankAccountOf,
  type BillingDetails,
  type CardDetails,
} from './payment-method-details.ts'
import type { TestAccount } from './test-values.ts'

export interface Extras {
  readonly billing?: BillingDetails | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly allowRedisplay?: PaymentMethod['allow_redisplay'] | undefined
  /** The id to have instead of a fresh one: a source's. */
  readonly id?: string | undefined
}

type Kind = Pick<
  PaymentMethod,
  'type' | 'card' | 'sepa_debit' | 'bacs_debit' | 'us_bank_account' | 'au_becs_debit'
>

/** Payment methods have no event of their own when made, only when attached. */
function insert(world: World, kind: Partial<PaymentMethod> & Kind, extras: Extras): PaymentMethod {
  return world.insert('payment_method', {
    id: extras.id ?? world.id('pm'),
    object: 'payment_method',
    allow_redisplay: extras.allowRedisplay ?? 'unspecified',
    billing_details: extras.billing ?? NO_BILLING_DETAILS,
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: extras.metadata ?? {},
    ...kind,
  })
}

function remember(
  world: World,
  paymentMethod: PaymentMethod,
  behaviour: Behaviour,
  verified: boolean,
): PaymentMethod {
  world.insert('~instrument', {
    id: paymentMethod.id,
    behaviour,
    setUp: behaviour.setUp ?? false,
    verified,
    spent: false,
    mandate: null,
  })
  return paymentMethod
}

export function insertCard(world: World, details: CardDetails, extras: Extras = {}): PaymentMethod {
  const card = cardOf(details, extras.billing ?? NO_BILLING_DETAILS)
  return remember(world, insert(world, { type: 'card', card }, extras), details.behaviour, true)
}

export interface AccountInput extends Pick<TestAccount, 'type' | 'number' | 'behaviour'> {
  /** Sort code, BSB or routing number. */
  readonly bank?: string | undefined
  readonly holder?: 'company' | 'individual' | undefined
  readonly kind?: 'checking' | 'savings' | undefined
  /** False for a US account whose micro-deposits are still to come (stripe-facts row 25). */
  readonly verified?: boolean | undefined
}

export function insertAccount(
  world: World,
  account: AccountInput,
  extras: Extras = {},
): PaymentMethod {
  return remember(
    world,
    insert(world, detailsOf(account), extras),
    account.behaviour,
    account.verified ?? true,
  )
}

/** The customer's own balance with us: it always exists and holds what the bank transfers bring. */
export function insertCustomerBalance(world: World, extras: Extras = {}): PaymentMethod {
  const made = insert(world, { type: 'customer_balance', customer_balance: {} }, extras)
  return remember(world, made, PLAIN_DEBIT, true)
}

/**
 * What another processor takes: Stripe only asks for it (stripe-facts row 49). `type` is the `cpmt_…`
 * that a Dashboard would have made; the sandbox takes any.
 */
export function insertCustom(world: World, type: string, extras: Extras = {}): PaymentMethod {
  const custom = { display_name: 'Custom payment method', logo: null, type }
  return remember(world, insert(world, { type: 'custom', custom }, extras), PLAIN, true)
}

function detailsOf(account: AccountInput): Kind {
  const { type, number, bank } = account
  switch (type) {
    case 'sepa_debit':
      return { type, sepa_debit: sepaDebitOf(number) }
    case 'bacs_debit':
      return { type, bacs_debit: bacsDebitOf(number, bank ?? '108800') }
    case 'au_becs_debit':
      return { type, au_becs_debit: auBecsDebitOf(number, bank ?? '000000') }
    case 'us_bank_account':
      return {
        type,
        us_bank_account: usBankAccountOf(
          number,
          bank ?? '110000000',
          account.holder ?? 'individual',
          account.kind ?? 'checking',
        ),
      }
  }
}
