import type { Discount } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { discountedAmounts } from '../coupons/discounted-amounts.ts'
import type { MadeLine } from './make-line.ts'

/** What one discount takes off. */
export interface DiscountShare {
  readonly amount: number
  /** Id of the discount. */
  readonly discount: string
}

/**
 * What discounts take off each line, by position: its own first, then those of the invoice on what
 * is left ("Line item discounts are applied before invoice discounts", SDK). `ownTotal` is what the
 * lines' own take off, in minor units.
 */
export function spreadDiscounts(
  world: World,
  lines: readonly MadeLine[],
  discounts: readonly Discount[],
): { shares: readonly (readonly DiscountShare[])[]; ownTotal: number } {
  if (discounts.length === 0 && lines.every(({ line }) => line.discounts.length === 0)) {
    return { shares: lines.map(() => []), ownTotal: 0 }
  }
  const bare = lines.map(({ line }) => ({
    amount: line.amount,
    currency: line.currency,
    product: line.pricing?.price_details?.product ?? null,
    discountable: line.discountable,
  }))
  const own = lines.map(({ line }, at) => {
    const held = line.discounts.flatMap((id) => world.get('discount', id) ?? [])
    return held.length === 0 ? [] : discountedAmounts(world, held, bare.slice(at, at + 1)).lines
  })
  const off = own.map((lines) => lines[0]?.off ?? 0)
  const spread = discountedAmounts(
    world,
    discounts,
    bare.map((line, at) => ({ ...line, alreadyOff: off[at] ?? 0 })),
  )
  return {
    shares: lines.map((_, at) => [
      ...(own[at]?.[0]?.discount_amounts ?? []),
      ...(spread.lines[at]?.discount_amounts ?? []),
    ]),
    ownTotal: off.reduce((total, amount) => total + amount, 0),
  }
}
