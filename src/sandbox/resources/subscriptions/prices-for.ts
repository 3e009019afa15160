import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createPrice } from '../prices/create-price.ts'
import { currenciesOf } from '../prices/price-amount.ts'
import type { Recurrence } from './calendar.ts'
import type { PriceData } from './subscription-input.ts'

interface PriceChoice {
  readonly price?: string | undefined
  readonly plan?: string | undefined
  readonly price_data?: PriceData | undefined
}

/**
 * The price a parameter names, checked, or one made from its `price_data`.
 * @throws {StripeError} 400 where it is missing, inactive, or of the other type.
 */
export function chosenPrice(
  world: World,
  choice: PriceChoice,
  { type, param }: { readonly type: 'recurring' | 'one_time'; readonly param: string },
): Price {
  if (choice.price_data !== undefined) {
    inParameter(world, 'product', choice.price_data.product, `${param}[price_data][product]`)
    return createPrice(world, { ...choice.price_data, active: true })
  }
  const name = choice.price === undefined ? 'plan' : 'price'
  const id = choice.price ?? choice.plan
  if (id === undefined) {
    throw invalidRequest(`Missing required param: ${param}[price].`, {
      code: 'parameter_missing',
      param: `${param}[price]`,
    })
  }
  const price = inParameter(world, 'price', id, `${param}[${name}]`, name)
  if (!price.active) {
    throw invalidRequest(
      'The price specified is inactive. This field only accepts active prices.',
      { param: `${param}[${name}]` },
    )
  }
  if (price.type !== type) {
    throw invalidRequest(
      `The price specified is set to \`type=${price.type}\` but this field only accepts prices with \`type=${type}\`.`,
      { param: `${param}[${name}]` },
    )
  }
  return price
}

/** @throws {StripeError} 400 where the price cannot be charged in the subscription's currency. */
export function refuseOtherCurrency(price: Price, currency: string, param: string): void {
  const offered = currenciesOf(price)
  if (offered.includes(currency)) return
  throw invalidRequest(
    `The price specified only supports \`${offered.join('`, `')}\`. This doesn't match the expected currency: \`${currency}\`.`,
    { param },
  )
}

export function recurrenceOf(price: Price): Recurrence {
  const { recurring } = price
  if (recurring === null) throw new Error(`a subscription holds the one-time price ${price.id}`)
  return {
    interval: recurring.interval as Recurrence['interval'],
    interval_count: recurring.interval_count,
  }
}

export function isMetered(price: Price): boolean {
  return price.recurring?.usage_type === 'metered'
}
