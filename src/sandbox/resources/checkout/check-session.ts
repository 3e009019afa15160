import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import { validCoupon } from '../coupons/discount-for.ts'
import { checkLineItems } from './line-items.ts'
import type { SessionInput } from './session-parameters.ts'

const HALF_HOUR = 1_800
const DAY = 86_400

/** Which parameters belong to one mode only. */
const MODE_OF: readonly (readonly [keyof SessionInput, readonly string[]])[] = [
  ['line_items', ['payment', 'subscription']],
  ['discounts', ['payment', 'subscription']],
  ['allow_promotion_codes', ['payment', 'subscription']],
  ['subscription_data', ['subscription']],
  ['payment_method_collection', ['subscription']],
  ['payment_intent_data', ['payment']],
  ['invoice_creation', ['payment']],
  ['setup_intent_data', ['setup']],
  ['customer_creation', ['payment', 'setup']],
]

/** Parameters that cannot be given together. */
const EXCLUSIVE: readonly (readonly [keyof SessionInput, keyof SessionInput])[] = [
  ['customer', 'customer_email'],
  ['customer', 'customer_creation'],
  ['allow_promotion_codes', 'discounts'],
]

/** Ways to pay that exist in some currencies only. */
const CURRENCIES: Readonly<Record<string, readonly string[]>> = {
  sepa_debit: ['eur'],
  bacs_debit: ['gbp'],
  us_bank_account: ['usd'],
  au_becs_debit: ['aud'],
}

/** @throws {StripeError} 400 for what Stripe refuses; nothing has been created by then. */
export function checkSession(world: World, input: SessionInput): void {
  for (const [param, modes] of MODE_OF) {
    if (input[param] !== undefined && !modes.includes(input.mode)) {
      throw invalidRequest(`You can not pass \`${param}\` in \`${input.mode}\` mode.`, { param })
    }
  }
  for (const [one, other] of EXCLUSIVE) {
    if (input[one] !== undefined && input[other] !== undefined) {
      throw invalidRequest(`You may only specify one of these parameters: ${one}, ${other}.`, {
        param: one,
      })
    }
  }
  if (input.success_url === undefined && input.payment_link === undefined) {
    throw invalidRequest('Missing required param: success_url.', {
      code: 'parameter_missing',
      param: 'success_url',
    })
  }
  for (const param of ['success_url', 'cancel_url'] as const) checkUrl(input[param], param)
  if (input.customer !== undefined) inParameter(world, 'customer', input.customer, 'customer')
  checkExpiry(world, input)
  if (input.mode !== 'setup') checkLines(world, input)
  checkDiscounts(world, input)
  checkTrial(world, input)
  checkPaymentMethods(world, input)
}

function checkUrl(url: string | undefined, param: string): void {
  if (url === undefined) return
  if (!/^https?:\/\/\S+$/u.test(url)) {
    throw invalidRequest('Not a valid URL', { code: 'url_invalid', param })
  }
}

function checkExpiry(world: World, input: SessionInput): void {
  if (input.expires_at === undefined) return
  const seconds = input.expires_at - world.now(input.customer)
  // stripe-facts row 5: 30 minutes to 24 hours.
  if (seconds < HALF_HOUR) {
    throw invalidRequest(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      { param: 'expires_at' },
    )
  }
  if (seconds > DAY) {
    throw invalidRequest(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      { param: 'expires_at' },
    )
  }
}

function checkLines(world: World, input: SessionInput): void {
  const items = input.line_items ?? []
  if (items.length === 0) {
    throw invalidRequest('Missing required param: line_items.', {
      code: 'parameter_missing',
      param: 'line_items',
    })
  }
  checkLineItems(world, items)
  const isRecurring = items.map((item) =>
    item.price_data === undefined
      ? world.must('price', item.price ?? '').type === 'recurring'
      : item.price_data.recurring !== undefined,
  )
  if (input.mode === 'payment' && isRecurring.includes(true)) {
    throw invalidRequest(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: `line_items[${String(isRecurring.indexOf(true))}][price]` },
    )
  }
  if (input.mode === 'subscription' && !isRecurring.includes(true)) {
    throw invalidRequest(
      'You must provide at least one recurring price in `subscription` mode when using prices.',
      { param: 'line_items' },
    )
  }
}

function checkDiscounts(world: World, input: SessionInput): void {
  const discounts = input.discounts ?? []
  if (discounts.length > 1) {
    throw invalidRequest('You can only specify up to one discount.', { param: 'discounts' })
  }
  for (const [at, { coupon, promotion_code: code }] of discounts.entries()) {
    const param = `discounts[${String(at)}]`
    if ((coupon === undefined) === (code === undefined)) {
      throw invalidRequest('You must specify one of these parameters: coupon, promotion_code.', {
        param,
      })
    }
    validCoupon(world, {
      coupon,
      promotion_code: code,
      customer: input.customer ?? null,
      param: coupon === undefined ? `${param}[promotion_code]` : `${param}[coupon]`,
    })
  }
}

function checkTrial(world: World, input: SessionInput): void {
  const { trial_end: end, trial_period_days: days } = input.subscription_data ?? {}
  if (end !== undefined && days !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: subscription_data[trial_end], subscription_data[trial_period_days].',
      { param: 'subscription_data[trial_end]' },
    )
  }
  if (days !== undefined && days < 1) {
    throw invalidRequest('The minimum number of trial period days is 1.', {
      param: 'subscription_data[trial_period_days]',
    })
  }
  if (end !== undefined && end < world.now(input.customer) + 2 * DAY) {
    throw invalidRequest('The `trial_end` date has to be at least 2 days in the future.', {
      param: 'subscription_data[trial_end]',
    })
  }
}

function checkPaymentMethods(world: World, input: SessionInput): void {
  const currency = currencyOf(world, input)
  for (const type of input.allowed_payment_method_types ?? []) {
    const currencies = CURRENCIES[type]
    if (currencies !== undefined && currency !== null && !currencies.includes(currency)) {
      throw invalidRequest(
        `The currency provided (${currency}) is invalid for one or more of the payment method types enabled on this Checkout Session: ${type} takes ${currencies.join(' or ')}.`,
        { param: 'allowed_payment_method_types' },
      )
    }
  }
}

/** The currency of a session: that of its lines, or the one named in setup mode. */
export function currencyOf(world: World, input: SessionInput): string | null {
  const [first] = input.line_items ?? []
  if (first === undefined) return input.currency ?? null
  return first.price_data?.currency ?? world.get('price', first.price)?.currency ?? null
}
