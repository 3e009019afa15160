import type { Price } from '../../tables.ts'

/**
 * What a price has and shows only where a caller expands it. It rides on the stored object under a
 * symbol, which JSON, events and `previous_attributes` do not see and a spread keeps: so an amount
 * can be worked out from any copy of a price, also the one inside a subscription item.
 */
const UNSEEN = Symbol('price, unseen')

export type Tier = NonNullable<Price['tiers']>[number]
export type CurrencyOptions = NonNullable<Price['currency_options']>

export interface UnseenPrice {
  readonly tiers?: readonly Tier[]
  /** By currency, the price's own included. */
  readonly currencyOptions: CurrencyOptions
}

type StoredPrice = Price & { readonly [UNSEEN]?: UnseenPrice }

export function withUnseen(price: Price, unseen: UnseenPrice): Price {
  return { ...price, [UNSEEN]: unseen } as StoredPrice
}

export function unseenOf(price: Price): UnseenPrice {
  return (price as StoredPrice)[UNSEEN] ?? { currencyOptions: {} }
}

/** For `world.patch`: the change that replaces what is unseen. */
export function unseenChange(unseen: UnseenPrice): Partial<Price> {
  return { [UNSEEN]: unseen } as Partial<Price>
}
