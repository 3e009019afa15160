import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { LineItem, Price, Quote } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { CheckoutLine } from '../checkout/line-items.ts'
import { amountsOf, priceLines } from '../checkout/totals.ts'
import { createPrice } from '../prices/create-price.ts'
import { isMetered } from '../subscriptions/prices-for.ts'
import type { QuoteInput } from './parameters.ts'

/** What a quote has and shows only where it is asked for. */
export interface QuoteRecord {
  readonly id: string
  readonly lines: readonly CheckoutLine[]
  /** The discounts as they were named: given for good once it is accepted. */
  readonly discounts: readonly {
    readonly coupon: string | null
    readonly promotion_code: string | null
  }[]
}

/** @throws {StripeError} 400 for a line without a price that can be sold. */
export function makeQuoteLines(
  world: World,
  inputs: NonNullable<QuoteInput['line_items']>,
): CheckoutLine[] {
  return inputs.map((input, at) => {
    const price = priceOf(world, input, `line_items[${String(at)}]`)
    const item: LineItem = {
      id: world.id('li'),
      object: 'item',
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: 0,
      amount_tax: 0,
      amount_total: 0,
      currency: price.currency,
      description: world.get('product', price.product)?.name ?? null,
      metadata: {},
      price,
      quantity: isMetered(price) ? null : (input.quantity ?? 1),
    }
    return { item, taxRates: input.tax_rates ?? [] }
  })
}

function priceOf(
  world: World,
  input: NonNullable<QuoteInput['line_items']>[number],
  param: string,
): Price {
  if (input.price_data !== undefined) {
    inParameter(world, 'product', input.price_data.product, `${param}[price_data][product]`)
    return createPrice(world, input.price_data)
  }
  if (input.price === undefined) {
    throw invalidRequest(`Missing required param: ${param}[price].`, {
      code: 'parameter_missing',
      param: `${param}[price]`,
    })
  }
  const price = inParameter(world, 'price', input.price, `${param}[price]`)
  if (!price.active) {
    throw invalidRequest(
      'The price specified is inactive. This field only accepts active prices.',
      { param: `${param}[price]` },
    )
  }
  return price
}

type Sums = Pick<Quote, 'amount_subtotal' | 'amount_total' | 'computed' | 'total_details'>

/** What the lines come to: now, and with every later period. */
export function quoteSums(
  world: World,
  record: Pick<QuoteRecord, 'lines' | 'discounts'>,
  terms: {
    readonly hasTrial: boolean
    readonly taxRates: readonly string[]
    readonly exempt: string
  },
): Sums & { readonly lines: readonly CheckoutLine[] } {
  const price = (lines: readonly CheckoutLine[], hasTrial: boolean) =>
    priceLines(world, lines, {
      discounts: record.discounts,
      hasTrial,
      defaultTaxRates: terms.taxRates,
      exempt: terms.exempt,
    })
  const lines = price(record.lines, false)
  const total = amountsOf(lines)
  const upfront = amountsOf(price(record.lines, terms.hasTrial))
  const recurring = record.lines.filter(({ item }) => item.price?.type === 'recurring')
  const each = amountsOf(price(recurring, false))
  const interval = recurring[0]?.item.price?.recurring ?? null
  const details = (amounts: typeof total) => ({
    amount_discount: amounts.discount,
    amount_shipping: 0,
    amount_tax: amounts.tax,
  })
  return {
    lines,
    amount_subtotal: total.subtotal,
    amount_total: total.total,
    total_details: details(total),
    computed: {
      recurring:
        interval === null
          ? null
          : {
              amount_subtotal: each.subtotal,
              amount_total: each.total,
              interval: interval.interval,
              interval_count: interval.interval_count,
              total_details: details(each),
            },
      upfront: {
        amount_subtotal: upfront.subtotal,
        amount_total: upfront.total,
        total_details: details(upfront),
      },
    },
  }
}
