import { cardError } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import { PLAIN } from './behaviour.ts'
import type { CardDetails } from './payment-method-details.ts'
import { testCardNumbered } from './test-value-index.ts'
import type { TestCard } from './test-values.ts'

export interface CardInput {
  readonly number: string
  readonly exp_month: number
  readonly exp_year: number
  readonly cvc?: string | undefined
}

/**
 * Card details as a form sends them.
 * @throws {StripeError} 402 where the number, the date or the security code cannot be, or the number
 * is none of Stripe's test cards.
 */
export function cardFromNumber(world: World, input: CardInput, param = 'card'): CardDetails {
  const number = input.number.replaceAll(/[\s-]/gu, '')
  const refuse = (code: string, field: string, message: string) =>
    cardError({ code, message, param: `${param}[${field}]` })
  if (!/^\d{12,19}$/u.test(number) || !passesLuhn(number)) {
    throw refuse('incorrect_number', 'number', 'Your card number is incorrect.')
  }
  const year = input.exp_year < 100 ? 2_000 + input.exp_year : input.exp_year
  if (input.exp_month < 1 || input.exp_month > 12) {
    throw refuse('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.")
  }
  if (isPast(world.now(), year, input.exp_month) || year > 2_100) {
    throw refuse('invalid_expiry_year', 'exp_year', "Your card's expiration year is invalid.")
  }
  if (input.cvc !== undefined && !/^\d{3,4}$/u.test(input.cvc)) {
    throw refuse('invalid_cvc', 'cvc', "Your card's security code is invalid.")
  }
  const known = testCardNumbered(number)
  if (known === undefined) {
    throw cardError({
      code: 'card_declined',
      decline_code: 'test_mode_live_card',
      message:
        'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
      param: '',
    })
  }
  return {
    ...looksOf(known),
    expMonth: input.exp_month,
    expYear: year,
    hasCvc: input.cvc !== undefined,
  }
}

/** A test card by its name has a date of the next year, as at Stripe. */
export function cardFromTestCard(world: World, card: TestCard): CardDetails {
  const now = new Date(world.now() * 1_000)
  return {
    ...looksOf(card),
    expMonth: now.getUTCMonth() + 1,
    expYear: now.getUTCFullYear() + 1,
    hasCvc: card.behaviour.checks !== PLAIN.checks,
  }
}

function looksOf(card: TestCard) {
  const { number, brand, country, funding, behaviour } = card
  return { number, brand, country, funding, behaviour }
}

function isPast(now: number, year: number, month: number): boolean {
  return Date.UTC(year, month, 1) / 1_000 <= now
}

export function passesLuhn(number: string): boolean {
  let sum = 0
  for (let at = 0; at < number.length; at += 1) {
    const digit = Number(number[number.length - 1 - at])
    const doubled = at % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
