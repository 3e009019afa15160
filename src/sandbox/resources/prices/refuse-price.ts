import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import type { PriceInput } from './create-price.ts'
import { refuseTakenLookupKey } from './lookup-key.ts'
import { tiersOf } from './unit-amounts.ts'

type PriceParts = Omit<PriceInput, 'product' | 'product_data'>

/** @throws {StripeError} where there is no product, or there are two. */
export function refuseProduct(world: World, input: PriceInput): void {
  if ((input.product === undefined) === (input.product_data === undefined)) {
    throw invalidRequest(
      input.product === undefined
        ? 'You must specify either `product` or `product_data` when creating a price.'
        : 'You may only specify one of these parameters: product, product_data.',
      { code: 'parameter_missing', param: 'product' },
    )
  }
  if (input.product !== undefined) inParameter(world, 'product', input.product, 'product')
}

/** @throws {StripeError} where the parts of a price contradict each other. Changes nothing. */
export function refusePrice(world: World, input: PriceParts): void {
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
  if (input.tiers !== undefined) tiersOf(input.tiers)
  for (const option of Object.values(input.currency_options ?? {})) tiersOf(option.tiers ?? [])
  refuseAmounts(input)
  refuseRecurring(world, input)
  if (input.lookup_key !== undefined && input.transfer_lookup_key !== true) {
    refuseTakenLookupKey(world, input.lookup_key)
  }
}

function refuseAmounts(input: PriceParts): void {
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
  if (input.unit_amount_decimal?.startsWith('-') === true) {
    throw invalidRequest('This value must be greater than or equal to 0.', {
      param: 'unit_amount_decimal',
    })
  }
  if (isCustom && input.recurring !== undefined) {
    throw invalidRequest('`custom_unit_amount` cannot be used with a recurring price.', {
      param: 'custom_unit_amount',
    })
  }
}

/** Since 2025-03-31.basil usage is metered by meters only. */
function refuseRecurring(world: World, { recurring }: PriceParts): void {
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
