import type { Setting } from '../../../test/gauntlet/live/contestant.ts'
import { productOf, type Bought } from '../selling/product-of.ts'

/** Better Auth knows a plan by its name in lower case, and its price by its id. */
export interface Plan {
  readonly name: string
  readonly priceId: string
}

/** A plan for each recurring price that the catalog sells, as an app would list them. */
export function plansOf(setting: Pick<Setting, 'sandbox' | 'catalog'>): Plan[] {
  return [...setting.sandbox.world.table('price').values()]
    .filter(
      ({ id, product, lookup_key: lookupKey, recurring }) =>
        recurring !== null && productOf(setting, { price: id, product, lookupKey }) !== undefined,
    )
    .map(({ id }) => ({ name: id.toLowerCase(), priceId: id }))
}

/** What was bought with a plan. */
export function boughtBy(
  setting: Pick<Setting, 'sandbox' | 'catalog'>,
  plan: string,
  seats: number | null,
): Bought | null {
  const priceId = plansOf(setting).find(({ name }) => name === plan)?.priceId
  const price = priceId === undefined ? undefined : setting.sandbox.world.get('price', priceId)
  if (price === undefined) return null
  const { id, product, lookup_key: lookupKey } = price
  return { price: id, product, lookupKey, quantity: seats }
}
