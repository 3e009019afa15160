import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createProduct, type ProductInput } from '../products/create-product.ts'
import { claimLookupKey, refuseTakenLookupKey } from './lookup-key.ts'
import { planOf } from './plan-of.ts'
import {
  amountOf,
  currencyOption,
  customUnitAmount,
  tiersOf,
  type AmountInput,
  type CurrencyOptionInput,
  type CustomUnitAmountInput,
  type TierInput,
} from './unit-amounts.ts'
import { withUnseen } from './unseen.ts'

export interface PriceInput extends AmountInput {
  /** Only plans bring one of their own. */
  readonly id?: string | undefined
  readonly currency: string
  readonly active?: boolean | undefined
  readonly billing_scheme?: 'per_unit' | 'tiered' | undefined
  readonly currency_options?: Readonly<Record<string, CurrencyOptionInput>> | undefined
  readonly custom_unit_amount?: CustomUnitAmountInput | undefined
  readonly lookup_key?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly nickname?: string | undefined
  readonly product?: string | undefined
  readonly product_data?: ProductInput | undefined
  readonly recurring?:
    | {
        readonly interval: 'day' | 'week' | 'month' | 'year'
        readonly interval_count?: number | undefined
        readonly meter?: string | undefined
        readonly trial_period_days?: number | undefined
        readonly usage_type?: 'licensed' | 'metered' | undefined
      }
    | undefined
  readonly tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified' | undefined
  readonly tiers?: readonly TierInput[] | undefined
  readonly tiers_mode?: 'graduated' | 'volume' | undefined
  readonly transfer_lookup_key?: boolean | undefined
  readonly transform_quantity?:
    { readonly divide_by: number; readonly round: 'down' | 'up' } | undefined
}

/**
 * Makes a price, and the product of `product_data` before it. Emits `price.created`, and
 * `plan.created` for a recurring one, as Stripe does (captured: a plan.created about a `price_…`).
 * @throws {StripeError} where the parameters contradict each other or name what is not there.
 */
export function createPrice(world: World, input: PriceInput): Price {
  refuseContradictions(world, input)
  const product =
    input.product ?? createProduct(world, input.product_data ?? { name: 'Unnamed' }).id
  const unit = amountOf(input.unit_amount, input.unit_amount_decimal)
  const tiers = input.tiers === undefined ? undefined : tiersOf(input.tiers)
  const price: Price = {
    id: input.id ?? world.id('price'),
    object: 'price',
    active: input.active ?? true,
    billing_scheme: input.billing_scheme ?? 'per_unit',
    created: world.now(),
    currency: input.currency,
    custom_unit_amount: customUnitAmount(input.custom_unit_amount),
    livemode: false,
    lookup_key: input.lookup_key ?? null,
    metadata: input.metadata ?? {},
    nickname: input.nickname ?? null,
    product,
    recurring: recurringOf(input),
    tax_behavior: input.tax_behavior ?? 'unspecified',
    tiers_mode: input.tiers_mode ?? null,
    transform_quantity: input.transform_quantity ?? null,
    type: input.recurring === undefined ? 'one_time' : 'recurring',
    unit_amount: unit.whole,
    unit_amount_decimal: unit.decimal,
  }
  const own: CurrencyOptionInput = {
    custom_unit_amount: input.custom_unit_amount,
    tax_behavior: input.tax_behavior,
    tiers: input.tiers,
    unit_amount: input.unit_amount,
    unit_amount_decimal: input.unit_amount_decimal,
  }
  const options = Object.entries({ ...input.currency_options, [input.currency]: own })
  const stored = withUnseen(price, {
    ...(tiers === undefined ? {} : { tiers }),
    currencyOptions: Object.fromEntries(
      options.map(([currency, option]) => [currency.toLowerCase(), currencyOption(option)]),
    ),
  })
  if (input.lookup_key !== undefined) claimLookupKey(world, input.lookup_key)
  world.insert('price', stored)
  world.emit('price.created', stored)
  const plan = planOf(stored)
  if (plan !== null) world.emit('plan.created', plan)
  return stored
}

function recurringOf({ recurring }: PriceInput): Price['recurring'] {
  return recurring === undefined
    ? null
    : {
        interval: recurring.interval,
        interval_count: recurring.interval_count ?? 1,
        meter: recurring.meter ?? null,
        trial_period_days: recurring.trial_period_days ?? null,
        usage_type:
          recurring.usage_type ?? (recurring.meter === undefined ? 'licensed' : 'metered'),
      }
}

function refuseContradictions(world: World, input: PriceInput): void {
  if ((input.product === undefined) === (input.product_data === undefined)) {
    throw invalidRequest(
      input.product === undefined
        ? 'You must specify either `product` or `product_data` when creating a price.'
        : 'You may only specify one of these parameters: product, product_data.',
      { code: 'parameter_missing', param: 'product' },
    )
  }
  if (input.product !== undefined) inParameter(world, 'product', input.product, 'product')
  if (input.billing_scheme === 'tiered') {
    if (input.tiers === undefined || input.tiers.length === 0 || input.tiers_mode === undefined) {
      const param = input.tiers_mode === undefined ? 'tiers_mode' : 'tiers'
      throw invalidRequest(`You must specify \`${param}\` when \`billing_scheme=tiered\`.`, {
        param,
      })
    }
    if (input.transform_quantity !== undefined) {
      throw invalidRequest('`transform_quantity` cannot be combined with `tiers`.', {
        param: 'transform_quantity',
      })
    }
  } else if (input.tiers !== undefined || input.tiers_mode !== undefined) {
    throw invalidRequest('`tiers` and `tiers_mode` need `billing_scheme=tiered`.', {
      param: 'billing_scheme',
    })
  }
  refuseAmounts(input)
  refuseRecurring(world, input)
  if (input.lookup_key !== undefined && input.transfer_lookup_key !== true) {
    refuseTakenLookupKey(world, input.lookup_key)
  }
}

function refuseAmounts(input: PriceInput): void {
  const ways = [input.unit_amount, input.unit_amount_decimal].filter((way) => way !== undefined)
  const isCustom = input.custom_unit_amount?.enabled === true
  const isTiered = input.billing_scheme === 'tiered'
  if (ways.length + (isCustom ? 1 : 0) + (isTiered ? 1 : 0) === 0) {
    throw invalidRequest(
      'Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.',
      { code: 'parameter_missing', param: 'unit_amount' },
    )
  }
  if (ways.length + (isCustom ? 1 : 0) + (isTiered ? 1 : 0) > 1) {
    throw invalidRequest(
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal, custom_unit_amount, tiers.',
      { param: 'unit_amount' },
    )
  }
  if (isCustom && input.recurring !== undefined) {
    throw invalidRequest('`custom_unit_amount` cannot be used with a recurring price.', {
      param: 'custom_unit_amount',
    })
  }
}

/** Since 2025-03-31.basil usage is metered by meters only. */
function refuseRecurring(world: World, { recurring }: PriceInput): void {
  if (recurring === undefined) return
  if (recurring.meter === undefined) {
    if (recurring.usage_type !== 'metered') return
    throw invalidRequest('Metered prices must be backed by a meter: pass `recurring[meter]`.', {
      code: 'parameter_missing',
      param: 'recurring[meter]',
    })
  }
  inParameter(world, 'billing.meter', recurring.meter, 'recurring[meter]')
  if (recurring.usage_type === 'licensed') {
    throw invalidRequest('A price with a meter must have `usage_type=metered`.', {
      param: 'recurring[usage_type]',
    })
  }
}
