import { mergeMetadata } from '../../protocol/parameters.ts'
import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { LineItem, Price } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createPrice } from '../prices/create-price.ts'
import { createProduct } from '../products/create-product.ts'
import type { LineItemParameters, PriceData } from './session-parameters.ts'

/** A line before its amounts are known. */
export interface CheckoutLine {
  readonly item: LineItem
  readonly taxRates: readonly string[]
}

/**
 * Refuses lines Stripe would refuse. Nothing is created yet, so that a refused call leaves no trace.
 * @throws {StripeError} naming the parameter at fault.
 */
export function checkLineItems(world: World, items: readonly LineItemParameters[]): void {
  if (items.length > 100) {
    throw invalidRequest('You can only specify up to 100 line items.', { param: 'line_items' })
  }
  const currencies = new Set<string>()
  for (const [at, item] of items.entries()) {
    const param = `line_items[${String(at)}]`
    if ((item.price === undefined) === (item.price_data === undefined)) {
      throw invalidRequest(
        item.price === undefined
          ? `You must specify either \`price\` or \`price_data\` for ${param}.`
          : 'You may only specify one of these parameters: price, price_data.',
        { param: `${param}[price]` },
      )
    }
    if (item.price_data !== undefined) checkPriceData(world, item.price_data, param)
    const price =
      item.price === undefined
        ? undefined
        : inParameter(world, 'price', item.price, `${param}[price]`)
    if (price?.active === false) {
      throw invalidRequest(
        `The price specified is inactive. This field only accepts active prices.`,
        { param: `${param}[price]` },
      )
    }
    checkQuantity(item, price?.recurring?.usage_type === 'metered', param)
    for (const rate of item.tax_rates ?? []) {
      inParameter(world, 'tax_rate', rate, `${param}[tax_rates]`)
    }
    currencies.add(item.price_data?.currency ?? price?.currency ?? '')
  }
  if (currencies.size > 1) {
    throw invalidRequest(
      'Checkout does not currently support multiple currencies in the same session: all line items must use one.',
      { param: 'line_items' },
    )
  }
}

function checkPriceData(world: World, data: PriceData, param: string): void {
  if ((data.product === undefined) === (data.product_data === undefined)) {
    throw invalidRequest(
      'You must specify exactly one of these parameters: product, product_data.',
      { param: `${param}[price_data][product]` },
    )
  }
  if (data.product !== undefined) {
    inParameter(world, 'product', data.product, `${param}[price_data][product]`)
  }
  if ((data.unit_amount === undefined) === (data.unit_amount_decimal === undefined)) {
    throw invalidRequest(
      'You must specify exactly one of these parameters: unit_amount, unit_amount_decimal.',
      { param: `${param}[price_data][unit_amount]` },
    )
  }
}

function checkQuantity(item: LineItemParameters, isMetered: boolean, param: string): void {
  if (isMetered && item.quantity !== undefined) {
    throw invalidRequest(
      'Quantity should not be specified where usage_type is `metered`. Remove `quantity` from the line item.',
      { param: `${param}[quantity]` },
    )
  }
  if (!isMetered && item.quantity === undefined) {
    throw invalidRequest(`Missing required param: ${param}[quantity].`, {
      code: 'parameter_missing',
      param: `${param}[quantity]`,
    })
  }
}

/** The lines of a session or payment link, with amounts still to be told by `priceLines`. */
export function makeLineItems(
  world: World,
  items: readonly LineItemParameters[],
): readonly CheckoutLine[] {
  return items.map((item) => {
    const price =
      item.price_data === undefined
        ? world.must('price', item.price ?? '')
        : makePrice(world, item.price_data)
    return {
      taxRates: item.tax_rates ?? [],
      item: {
        id: world.id('li'),
        object: 'item',
        adjustable_quantity:
          item.adjustable_quantity?.enabled === true
            ? {
                enabled: true,
                maximum: item.adjustable_quantity.maximum ?? 99,
                minimum: item.adjustable_quantity.minimum ?? 0,
              }
            : null,
        amount_discount: 0,
        amount_subtotal: 0,
        amount_tax: 0,
        amount_total: 0,
        currency: price.currency,
        description: world.get('product', price.product)?.name ?? null,
        metadata: mergeMetadata({}, item.metadata),
        price,
        quantity: item.quantity ?? null,
      },
    }
  })
}

/** A price given with the line is made for it alone: neither it nor its product is offered elsewhere. */
function makePrice(world: World, data: PriceData): Price {
  const { product, product_data: described, ...price } = data
  return createPrice(world, {
    ...price,
    active: false,
    product:
      product ??
      createProduct(world, {
        ...described,
        name: described?.name ?? '',
        active: false,
        metadata: mergeMetadata({}, described?.metadata),
      }).id,
  })
}
