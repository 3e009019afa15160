import { z } from 'zod'
import {
  clearable,
  count,
  decimal,
  flag,
  hash,
  list,
  metadata,
  oneOf,
  text,
} from '../../protocol/parameters.ts'

/** How prices and plans are asked for; `price_data` of other resources is made of the same parts. */

export const taxBehavior = oneOf('exclusive', 'inclusive', 'unspecified')

export const customUnitAmountParams = hash({
  enabled: flag,
  maximum: count.optional(),
  minimum: count.optional(),
  preset: count.optional(),
})

export const tierParams = hash({
  flat_amount: count.optional(),
  flat_amount_decimal: decimal.optional(),
  unit_amount: count.optional(),
  unit_amount_decimal: decimal.optional(),
  up_to: z.union([z.literal('inf'), count]),
})

export const currencyOptionParams = hash({
  custom_unit_amount: customUnitAmountParams.optional(),
  tax_behavior: taxBehavior.optional(),
  tiers: list(tierParams).optional(),
  unit_amount: count.optional(),
  unit_amount_decimal: decimal.optional(),
})

export const currencyOptionsParams = z.record(z.string(), currencyOptionParams)

export const recurringParams = hash({
  interval: oneOf('day', 'week', 'month', 'year'),
  interval_count: count.optional(),
  meter: text.optional(),
  trial_period_days: count.optional(),
  usage_type: oneOf('licensed', 'metered').optional(),
})

export const taxDetailsParams = hash({
  performance_location: text.optional(),
  tax_code: clearable(text).optional(),
})

/** A product made on the way, named inside `product_data` or a plan's `product`. */
export const productDataParams = hash({
  active: flag.optional(),
  id: text.optional(),
  metadata: metadata.optional(),
  name: text,
  statement_descriptor: text.optional(),
  tax_code: text.optional(),
  tax_details: taxDetailsParams.optional(),
  unit_label: text.optional(),
})

export const transformParams = hash({ divide_by: count, round: oneOf('down', 'up') })
