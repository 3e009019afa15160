import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price } from '../../tables.ts'
import { decimalText, ONE, unitsOf } from './decimal.ts'
import type { CurrencyOptions, Tier } from './unseen.ts'

export interface AmountInput {
  readonly unit_amount?: number | undefined
  readonly unit_amount_decimal?: string | undefined
}

export interface TierInput extends AmountInput {
  readonly flat_amount?: number | undefined
  readonly flat_amount_decimal?: string | undefined
  readonly up_to: number | 'inf'
}

export interface CustomUnitAmountInput {
  readonly enabled: boolean
  readonly maximum?: number | undefined
  readonly minimum?: number | undefined
  readonly preset?: number | undefined
}

type TaxBehavior = 'exclusive' | 'inclusive' | 'unspecified'

export interface CurrencyOptionInput extends AmountInput {
  readonly custom_unit_amount?: CustomUnitAmountInput | undefined
  readonly tax_behavior?: TaxBehavior | undefined
  readonly tiers?: readonly TierInput[] | undefined
}

interface Amount {
  /** Null where the decimal is not whole. */
  readonly whole: number | null
  readonly decimal: string | null
}

/** The two ways Stripe shows one amount. */
export function amountOf(whole: number | undefined, decimal: string | undefined): Amount {
  if (whole === undefined && decimal === undefined) return { whole: null, decimal: null }
  const units = unitsOf(decimal ?? whole ?? 0)
  return {
    whole: units % ONE === 0n ? Number(units / ONE) : null,
    decimal: decimalText(units),
  }
}

export function customUnitAmount(
  input: CustomUnitAmountInput | undefined,
): Price['custom_unit_amount'] {
  return input?.enabled === true
    ? {
        maximum: input.maximum ?? null,
        minimum: input.minimum ?? null,
        preset: input.preset ?? null,
      }
    : null
}

/** @throws {StripeError} where tiers do not rise up to `inf`. */
export function tiersOf(inputs: readonly TierInput[], param = 'tiers'): Tier[] {
  let before = 0
  return inputs.map((input, at) => {
    const isLast = at === inputs.length - 1
    if (isLast !== (input.up_to === 'inf')) {
      throw invalidRequest(
        isLast
          ? 'The last tier must have `up_to` set to `inf`.'
          : 'Only the last tier may have `up_to` set to `inf`.',
        { param: `${param}[${String(at)}][up_to]` },
      )
    }
    if (input.up_to !== 'inf' && input.up_to <= before) {
      throw invalidRequest('`up_to` must be larger than that of the tier before.', {
        param: `${param}[${String(at)}][up_to]`,
      })
    }
    before = input.up_to === 'inf' ? before : input.up_to
    const unit = amountOf(input.unit_amount, input.unit_amount_decimal)
    const flat = amountOf(input.flat_amount, input.flat_amount_decimal)
    return {
      flat_amount: flat.whole,
      flat_amount_decimal: flat.decimal,
      unit_amount: unit.whole,
      unit_amount_decimal: unit.decimal,
      up_to: input.up_to === 'inf' ? null : input.up_to,
    }
  })
}

export function currencyOption(input: CurrencyOptionInput): CurrencyOptions[string] {
  const unit = amountOf(input.unit_amount, input.unit_amount_decimal)
  return {
    custom_unit_amount: customUnitAmount(input.custom_unit_amount),
    tax_behavior: input.tax_behavior ?? 'unspecified',
    ...(input.tiers === undefined ? {} : { tiers: tiersOf(input.tiers) }),
    unit_amount: unit.whole,
    unit_amount_decimal: unit.decimal,
  }
}
