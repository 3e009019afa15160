import { invalidRequest } from '../protocol/stripe-error.ts'
import { bareIban, isIban } from '../resources/payment-methods/iban.ts'
import { cardFromNumber } from '../resources/payment-methods/card-number.ts'
import { insertAccount, insertCard } from '../resources/payment-methods/insert-payment-method.ts'
import { NO_BILLING_DETAILS } from '../resources/payment-methods/payment-method-details.ts'
import { behaviourOfAccount } from '../resources/payment-methods/test-value-index.ts'
import type { PaymentMethod } from '../tables.ts'
import type { World } from '../world/world.ts'
import { BANKS } from './test-numbers.ts'

/** A form's fields: text, and the first of several. */
export type Fields = Readonly<Record<string, string | undefined>>

/**
 * The payment method a form's fields describe: a card, or an account to debit.
 * @throws {StripeError} whose message says what is wrong with the number.
 */
export function enteredMethod(world: World, fields: Fields): PaymentMethod {
  const billing = {
    ...NO_BILLING_DETAILS,
    email: fields['email']?.trim() || null,
    name: fields['name']?.trim() || null,
  }
  const bank = BANKS.find(({ type }) => type === fields['method'])
  if (bank === undefined) {
    const [month = '', year = ''] = (fields['expiry'] ?? '').split('/')
    const card = cardFromNumber(world, {
      number: fields['card'] ?? '',
      exp_month: Number(month.trim()),
      exp_year: Number(year.trim()),
      cvc: fields['cvc']?.trim() || undefined,
    })
    return insertCard(world, card, { billing })
  }
  const number = bareIban(fields[bank.type] ?? '')
  const isRight = bank.type === 'sepa_debit' ? isIban(number) : /^\d{6,17}$/u.test(number)
  if (!isRight) {
    throw invalidRequest(`The ${bank.field} you entered is not valid.`, { param: bank.type })
  }
  return insertAccount(
    world,
    { type: bank.type, number, behaviour: behaviourOfAccount(bank.type, number) },
    { billing },
  )
}
