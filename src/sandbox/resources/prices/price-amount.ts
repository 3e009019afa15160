import type { Price } from '../../tables.ts'
import { ONE, rounded, unitsOf } from './decimal.ts'
import { unseenOf, type Tier } from './unseen.ts'

/**
 * What `quantity` of a price costs, in minor units of `currency` (the price's own by default):
 * decimals exactly, rounded once at the end. A price whose amount the customer chooses counts with
 * its preset.
 */
export function priceAmount(
  price: Price,
  quantity: number | string,
  currency: string = price.currency,
): number {
  const option = currency === price.currency ? undefined : unseenOf(price).currencyOptions[currency]
  const tiers = option === undefined ? unseenOf(price).tiers : option.tiers
  const units = transformed(price, unitsOf(quantity))
  if (price.billing_scheme === 'tiered') {
    return rounded(tieredAmount(tiers ?? [], price.tiers_mode === 'volume', units), ONE * ONE)
  }
  const { unit_amount_decimal: unit, custom_unit_amount: custom } = option ?? price
  return rounded(units * unitsOf(unit ?? custom?.preset ?? 0), ONE * ONE)
}

/** The price of one unit in minor units, as decimal text; null where there is no one such price. */
export function unitAmountDecimal(price: Price, currency: string = price.currency): string | null {
  const option = currency === price.currency ? undefined : unseenOf(price).currencyOptions[currency]
  return (option ?? price).unit_amount_decimal
}

/** The currencies a price can be charged in. */
export function currenciesOf(price: Price): readonly string[] {
  return [price.currency, ...Object.keys(unseenOf(price).currencyOptions)]
}

function transformed(price: Price, units: bigint): bigint {
  const transform = price.transform_quantity
  if (transform === null) return units
  const by = BigInt(transform.divide_by) * ONE
  const packages = transform.round === 'up' ? (units + by - 1n) / by : units / by
  return packages * ONE
}

/** In units of 10⁻²⁴ minor units. */
function tieredAmount(tiers: readonly Tier[], isVolume: boolean, units: bigint): bigint {
  const reached = tiers.findIndex((tier) => tier.up_to === null || units <= unitsOf(tier.up_to))
  if (isVolume) {
    const tier = tiers[reached]
    return tier === undefined ? 0n : tierAmount(tier, units)
  }
  let from = 0n
  let amount = 0n
  for (const tier of tiers.slice(0, reached + 1)) {
    const to = tier.up_to === null ? units : min(units, unitsOf(tier.up_to))
    amount += tierAmount(tier, to - from)
    from = to
  }
  return amount
}

/** A tier's flat part is due as soon as the tier is reached; the first is so from zero on. */
function tierAmount(tier: Tier, units: bigint): bigint {
  const flat = unitsOf(tier.flat_amount_decimal ?? 0) * ONE
  return flat + units * unitsOf(tier.unit_amount_decimal ?? 0)
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
