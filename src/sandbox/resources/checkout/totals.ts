import type { Discount, LineItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { discountedAmounts } from '../coupons/discounted-amounts.ts'
import { taxesOn } from '../invoices/taxes-on.ts'
import { priceAmount } from '../prices/price-amount.ts'
import type { CheckoutLine } from './line-items.ts'

/** What is taken off, as sessions and links name it. */
export interface DiscountName {
  readonly coupon: string | null
  readonly promotion_code: string | null
}

export interface PricingTerms {
  readonly discounts: readonly DiscountName[]
  /** Recurring lines cost nothing now. */
  readonly hasTrial: boolean
  /** Ids of the rates for lines without their own. */
  readonly defaultTaxRates: readonly string[]
  /** The customer's `tax_exempt`. */
  readonly exempt: string
}

/** Sums in minor units. */
export interface Amounts {
  readonly subtotal: number
  readonly discount: number
  readonly tax: number
  readonly total: number
}

/** The lines with what they cost now: the same sums the first invoice will have. */
export function priceLines(
  world: World,
  lines: readonly CheckoutLine[],
  terms: PricingTerms,
): readonly CheckoutLine[] {
  const amounts = lines.map(({ item }) => amountNow(item, terms.hasTrial))
  const discounted = discountedAmounts(
    world,
    terms.discounts.map((name) => preview(world, name)),
    lines.map(({ item }, at) => ({
      amount: amounts[at] ?? 0,
      currency: item.currency,
      product: item.price?.product,
    })),
  )
  return lines.map((line, at) => {
    const amount = amounts[at] ?? 0
    const off = discounted.lines[at]?.off ?? 0
    const rates = line.taxRates.length > 0 ? line.taxRates : terms.defaultTaxRates
    const taxes = taxesOn(
      amount - off,
      rates.map((rate) => world.must('tax_rate', rate)),
      terms.exempt,
    )
    const tax = (behavior: string): number =>
      taxes.reduce((sum, one) => sum + (one.tax_behavior === behavior ? one.amount : 0), 0)
    return {
      ...line,
      item: {
        ...line.item,
        amount_subtotal: amount,
        amount_discount: off,
        amount_tax: tax('inclusive') + tax('exclusive'),
        amount_total: amount - off + tax('exclusive'),
      },
    }
  })
}

export function amountsOf(lines: readonly CheckoutLine[]): Amounts {
  const sum = (field: 'amount_subtotal' | 'amount_discount' | 'amount_tax' | 'amount_total') =>
    lines.reduce((total, { item }) => total + item[field], 0)
  return {
    subtotal: sum('amount_subtotal'),
    discount: sum('amount_discount'),
    tax: sum('amount_tax'),
    total: sum('amount_total'),
  }
}

/** Usage is billed when its period ends, a trial's periods not at all (stripe-facts rows 9, 36). */
function amountNow(item: LineItem, hasTrial: boolean): number {
  const { price } = item
  if (price === null || price.recurring?.usage_type === 'metered') return 0
  if (price.type === 'recurring' && hasTrial) return 0
  return priceAmount(price, item.quantity ?? 1)
}

/** A discount that is not given yet: it is when the session completes. */
function preview(world: World, { coupon, promotion_code: code }: DiscountName): Discount {
  return {
    id: code ?? coupon ?? '',
    object: 'discount',
    checkout_session: null,
    customer: null,
    customer_account: null,
    end: null,
    invoice: null,
    invoice_item: null,
    promotion_code: code,
    source: {
      coupon: coupon ?? world.get('promotion_code', code)?.promotion.coupon ?? null,
      type: 'coupon',
    },
    start: world.now(),
    subscription: null,
    subscription_item: null,
  }
}
