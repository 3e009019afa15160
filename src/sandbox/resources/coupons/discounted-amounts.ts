import type { Discount } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { rounded, unitsOf } from '../prices/decimal.ts'
import { couponTerms, type CouponTerms } from './coupon-terms.ts'

export interface DiscountableLine {
  /** Minor units, before any discount; negative for a credit. */
  readonly amount: number
  readonly currency: string
  /** For coupons that apply to some products. */
  readonly product?: string | null | undefined
  /** Default true. */
  readonly discountable?: boolean | undefined
  /** Already off by the line's own discounts, in minor units. */
  readonly alreadyOff?: number | undefined
}

/** Minor units that one discount takes off. */
export interface DiscountAmount {
  readonly discount: string
  readonly amount: number
}

export interface DiscountedAmounts {
  /** In the order of the lines given; discounts that take nothing off a line are left out. */
  readonly lines: readonly {
    readonly discount_amounts: readonly DiscountAmount[]
    /** All that comes off this line. */
    readonly off: number
  }[]
  /** One per discount given, in order, also where it takes nothing off. */
  readonly total_discount_amounts: readonly DiscountAmount[]
  /** All that comes off. */
  readonly total: number
}

/**
 * What discounts take off lines, one after the other, each on what the one before left. A
 * percentage is worked out and rounded on the sum, an amount taken at most down to nothing; both
 * are shared among the lines so that the shares add up to the cent.
 */
export function discountedAmounts(
  world: World,
  discounts: readonly Discount[],
  lines: readonly DiscountableLine[],
): DiscountedAmounts {
  const left = lines.map((line) => line.amount - (line.alreadyOff ?? 0))
  const byLine = lines.map(() => [] as DiscountAmount[])
  const totals: DiscountAmount[] = []
  for (const discount of discounts) {
    const terms = couponTerms(world, discount.source.coupon ?? '')
    const eligible = lines.map((line) => appliesTo(terms, line))
    const bases = left.map((amount, at) => (eligible[at] === true ? amount : 0))
    const shares = offOf(terms, bases, lines[0]?.currency ?? '')
    shares.forEach((share, at) => {
      if (share === 0) return
      left[at] = (left[at] ?? 0) - share
      byLine[at]?.push({ discount: discount.id, amount: share })
    })
    totals.push({ discount: discount.id, amount: sum(shares) })
  }
  return {
    lines: byLine.map((amounts) => ({
      discount_amounts: amounts,
      off: sum(amounts.map(({ amount }) => amount)),
    })),
    total_discount_amounts: totals,
    total: sum(totals.map(({ amount }) => amount)),
  }
}

function appliesTo(terms: CouponTerms, line: DiscountableLine): boolean {
  return (
    line.discountable !== false &&
    (terms.products === null ||
      (typeof line.product === 'string' && terms.products.includes(line.product)))
  )
}

function offOf(terms: CouponTerms, bases: readonly number[], currency: string): number[] {
  const charged = bases.map((base) => Math.max(0, base))
  if (terms.percent_off !== null) {
    const percent = unitsOf(terms.percent_off)
    const part = (amounts: readonly number[]) =>
      shared(rounded(BigInt(sum(amounts)) * percent, unitsOf(100)), amounts)
    // Charges and credits each on their own: the sum of both says nothing of either's share.
    const ofCharges = part(charged)
    const ofCredits = part(bases.map((base) => Math.max(0, -base)))
    return ofCharges.map((share, at) => share - (ofCredits[at] ?? 0))
  }
  // An amount is taken from what is charged: a credit on the same bill does not grow by it.
  // An amount is taken from what is charged: a credit on the same bill does not grow by it.
  return shared(Math.min(terms.amounts[currency] ?? 0, sum(charged)), charged)
}

/** Shares `total` in proportion to `weights`; the cents left over go to the largest remainders. */
function shared(total: number, weights: readonly number[]): number[] {
  const whole = BigInt(sum(weights))
  if (total === 0 || whole === 0n) return weights.map(() => 0)
  const exact = weights.map((weight) => BigInt(weight) * BigInt(total))
  const shares = exact.map((product) => Number(product / whole))
  const byRemainder = exact
    .map((product, at) => ({ size: product % whole, at }))
    .sort((a, b) => (a.size === b.size ? a.at - b.at : a.size > b.size ? -1 : 1))
  const rest = total - sum(shares)
  for (const { at } of byRemainder.slice(0, rest)) shares[at] = (shares[at] ?? 0) + 1
  return shares
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
