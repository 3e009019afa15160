import type { Price } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createProduct, type ProductInput } from '../products/create-product.ts'
import { claimLookupKey } from './lookup-key.ts'
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
import { refusePrice, refuseProduct } from './refuse-price.ts'
import { withUnseen, type UnseenPrice } from './unseen.ts'

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
  refuseProduct(world, input)
  refusePrice(world, input)
  const unit = amountOf(input.unit_amount, input.unit_amount_decimal)
  const unseen = unseenInput(input)
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
    product: input.product ?? createProduct(world, input.product_data ?? { name: '' }).id,
    recurring: recurringOf(input),
    tax_behavior: input.tax_behavior ?? 'unspecified',
    tiers_mode: input.tiers_mode ?? null,
    transform_quantity: input.transform_quantity ?? null,
    type: input.recurring === undefined ? 'one_time' : 'recurring',
    unit_amount: unit.whole,
    unit_amount_decimal: unit.decimal,
  }
  const stored = withUnseen(price, unseen)
  if (input.lookup_key !== undefined) claimLookupKey(world, input.lookup_key)
  world.insert('price', stored)
  world.emit('price.created', stored)
  const plan = planOf(stored)
  if (plan !== null) world.emit('plan.created', plan)
  return stored
}

function unseenInput(input: PriceInput): UnseenPrice {
  const own: CurrencyOptionInput = {
    custom_unit_amount: input.custom_unit_amount,
    tax_behavior: input.tax_behavior,
    tiers: input.tiers,
    unit_amount: input.unit_amount,
    unit_amount_decimal: input.unit_amount_decimal,
  }
  const options = Object.entries({ ...input.currency_options, [input.currency]: own })
  return {
    ...(input.tiers === undefined ? {} : { tiers: tiersOf(input.tiers) }),
    currencyOptions: Object.fromEntries(
      options.map(([currency, option]) => [currency.toLowerCase(), currencyOption(option)]),
    ),
  }
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
