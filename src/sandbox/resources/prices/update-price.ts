import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { previousAttributes } from '../../world/previous-attributes.ts'
import { claimLookupKey, refuseTakenLookupKey } from './lookup-key.ts'
import { planOf } from './plan-of.ts'
import { currencyOption, type CurrencyOptionInput } from './unit-amounts.ts'
import { unseenChange, unseenOf } from './unseen.ts'

export interface PriceChange {
  readonly active?: boolean | undefined
  readonly currency_options?:
    Readonly<Record<string, CurrencyOptionInput | null>> | null | undefined
  readonly lookup_key?: string | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly nickname?: string | null | undefined
  readonly tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified' | undefined
  readonly transfer_lookup_key?: boolean | undefined
  /** Plans can be moved to another product and change their trial; prices cannot. */
  readonly product?: string | undefined
  readonly trial_period_days?: number | undefined
}

/** Emits `price.updated`, and `plan.updated` for a recurring one (stripe-facts row 90). */
export function updatePrice(world: World, price: Price, change: PriceChange): Price {
  refuse(world, price, change)
  const { lookup_key: key } = change
  if (key !== undefined && key !== null) claimLookupKey(world, key, price.id)
  const { recurring } = price
  const after = world.change(
    'price',
    price.id,
    {
      active: change.active ?? price.active,
      lookup_key: key === undefined ? price.lookup_key : key,
      metadata: mergeMetadata(price.metadata, change.metadata),
      nickname: change.nickname === undefined ? price.nickname : change.nickname,
      product: change.product ?? price.product,
      recurring:
        recurring === null || change.trial_period_days === undefined
          ? recurring
          : { ...recurring, trial_period_days: change.trial_period_days },
      tax_behavior: change.tax_behavior ?? price.tax_behavior,
      ...currencies(price, change),
    },
    'price.updated',
  )
  world.signal('price.changed', { id: price.id })
  const [before, plan] = [planOf(price), planOf(after)]
  if (before !== null && plan !== null) {
    const previous = previousAttributes(before, plan)
    if (previous !== undefined) world.emit('plan.updated', plan, previous)
  }
  return after
}

function refuse(world: World, price: Price, change: PriceChange): void {
  if (typeof change.lookup_key === 'string' && change.transfer_lookup_key !== true) {
    refuseTakenLookupKey(world, change.lookup_key, price.id)
  }
  if (change.active === false && world.get('product', price.product)?.default_price === price.id) {
    throw invalidRequest(
      'This price cannot be archived because it is the default price of its product.',
      { param: 'active' },
    )
  }
  if (
    change.tax_behavior !== undefined &&
    price.tax_behavior !== 'unspecified' &&
    price.tax_behavior !== change.tax_behavior
  ) {
    throw invalidRequest('You cannot change `tax_behavior` once it is set on a price.', {
      param: 'tax_behavior',
    })
  }
}

function currencies(price: Price, { currency_options: changes }: PriceChange): Partial<Price> {
  if (changes === undefined) return {}
  const unseen = unseenOf(price)
  const own = unseen.currencyOptions[price.currency]
  if (changes === null) {
    return unseenChange({
      ...unseen,
      currencyOptions: own === undefined ? {} : { [price.currency]: own },
    })
  }
  const options = { ...unseen.currencyOptions }
  for (const [currency, option] of Object.entries(changes)) {
    if (option === null) delete options[currency]
    else options[currency.toLowerCase()] = currencyOption(option)
  }
  return unseenChange({ ...unseen, currencyOptions: options })
}
