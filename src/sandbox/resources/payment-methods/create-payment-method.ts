import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { useToken } from '../tokens/use-token.ts'
import { cardFromNumber } from './card-number.ts'
import { bareIban, isIban } from './iban.ts'
import {
  insertAccount,
  insertCard,
  insertCustom,
  insertCustomerBalance,
  type Extras,
} from './insert-payment-method.ts'
import type { BillingDetails } from './payment-method-details.ts'
import { withAddress, type PaymentMethodData } from './payment-method-params.ts'
import { behaviourOfAccount } from './test-value-index.ts'
import { BACS_UNUSABLE, SEPA_UNUSABLE } from './test-values.ts'

/** A payment method as a form describes it: a form of a page of ours, or a request. */
export type PaymentMethodInput = PaymentMethodData & {
  /** A US account that a page verified at once (Financial Connections; stripe-facts row 24). */
  readonly verified?: boolean
}

/**
 * Makes a payment method from its details. Nothing is asked of its bank yet.
 * @throws {StripeError} 402 for card details that cannot be, 400 for others.
 */
export function createPaymentMethod(
  world: World,
  input: PaymentMethodInput,
  path = '',
): PaymentMethod {
  const at = (name: string) => (path === '' ? name : `${path}[${name}]`)
  const extras: Extras = {
    billing: billingOf(input),
    metadata: input.metadata ?? {},
    allowRedisplay: input.allow_redisplay,
  }
  switch (input.type) {
    case 'card':
      return createCard(world, input, extras, at('card'))
    case 'sepa_debit':
      return createSepaDebit(
        world,
        given(input.sepa_debit, at('sepa_debit')).iban,
        extras,
        at('sepa_debit[iban]'),
      )
    case 'bacs_debit':
      return createBacsDebit(world, input, extras, at('bacs_debit'))
    case 'au_becs_debit': {
      const { account_number: number, bsb_number: bank } = given(
        input.au_becs_debit,
        at('au_becs_debit'),
      )
      const behaviour = behaviourOfAccount('au_becs_debit', number)
      return insertAccount(world, { type: 'au_becs_debit', number, bank, behaviour }, extras)
    }
    case 'us_bank_account':
      return createUsBankAccount(world, input, extras, at('us_bank_account'))
    case 'customer_balance':
      return insertCustomerBalance(world, extras)
    case 'custom':
      return insertCustom(world, given(input.custom, at('custom')).type, extras)
  }
}

function createCard(
  world: World,
  { card }: PaymentMethodInput,
  extras: Extras,
  param: string,
): PaymentMethod {
  const { token, number, exp_month, exp_year, cvc } = given(card, param)
  if (token !== undefined) {
    return insertCard(world, useToken(world, token, `${param}[token]`).card, extras)
  }
  const details = cardFromNumber(
    world,
    {
      number: given(number, `${param}[number]`),
      exp_month: given(exp_month, `${param}[exp_month]`),
      exp_year: given(exp_year, `${param}[exp_year]`),
      cvc,
    },
    param,
  )
  return insertCard(world, details, extras)
}

function createSepaDebit(world: World, iban: string, extras: Extras, param: string): PaymentMethod {
  const number = bareIban(iban)
  if (!isIban(number)) {
    throw invalidRequest('The IBAN you provided is invalid.', {
      code: 'account_number_invalid',
      param,
    })
  }
  const unusable = SEPA_UNUSABLE[number.slice(-7)]
  if (unusable !== undefined) {
    throw invalidRequest(unusable.message, { code: unusable.code, param })
  }
  const behaviour = behaviourOfAccount('sepa_debit', number)
  return insertAccount(world, { type: 'sepa_debit', number, behaviour }, extras)
}

function createBacsDebit(
  world: World,
  { bacs_debit: bacs }: PaymentMethodInput,
  extras: Extras,
  param: string,
): PaymentMethod {
  const { account_number, sort_code: bank } = given(bacs, param)
  const number = given(account_number, `${param}[account_number]`)
  given(bank, `${param}[sort_code]`)
  if (number === BACS_UNUSABLE) {
    throw invalidRequest('The account number you provided is invalid.', {
      code: 'bank_account_unusable',
      param: `${param}[account_number]`,
    })
  }
  const behaviour = behaviourOfAccount('bacs_debit', number)
  return insertAccount(world, { type: 'bacs_debit', number, bank, behaviour }, extras)
}

function createUsBankAccount(
  world: World,
  input: PaymentMethodInput,
  extras: Extras,
  param: string,
): PaymentMethod {
  const account = given(input.us_bank_account, param)
  const number = given(account.account_number, `${param}[account_number]`)
  const bank = given(account.routing_number, `${param}[routing_number]`)
  if (!/^\d{9}$/u.test(bank)) {
    throw invalidRequest('The routing number must have 9 digits.', {
      code: 'routing_number_invalid',
      param: `${param}[routing_number]`,
    })
  }
  return insertAccount(
    world,
    {
      type: 'us_bank_account',
      number,
      bank,
      behaviour: behaviourOfAccount('us_bank_account', number),
      holder: account.account_holder_type,
      kind: account.account_type,
      verified: input.verified ?? false,
    },
    extras,
  )
}

function billingOf(input: PaymentMethodInput): BillingDetails {
  const { address, email, name, phone, tax_id } = input.billing_details ?? {}
  return {
    address: withAddress(address),
    email: email ?? null,
    name: name ?? null,
    phone: phone ?? null,
    tax_id: tax_id ?? null,
  }
}

function given<T>(value: T | undefined, param: string): T {
  if (value === undefined) {
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  }
  return value
}
