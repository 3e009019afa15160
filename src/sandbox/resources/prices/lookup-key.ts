import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** The price that holds a lookup key now. */
export function priceOfLookupKey(world: World, key: string): Price | undefined {
  return world.where('price', 'lookup_key', key)[0]
}

/** @throws {StripeError} where another price than `own` holds the key. */
export function refuseTakenLookupKey(world: World, key: string, own?: string): void {
  const holder = priceOfLookupKey(world, key)
  if (holder === undefined || holder.id === own) return
  throw invalidRequest(`A price (\`${holder.id}\`) already uses that lookup key.`, {
    code: 'resource_already_exists',
    param: 'lookup_key',
  })
}

/** Takes the key from whoever holds it; that price changes and says so. */
export function claimLookupKey(world: World, key: string, own?: string): void {
  const holder = priceOfLookupKey(world, key)
  if (holder === undefined || holder.id === own) return
  world.change('price', holder.id, { lookup_key: null }, 'price.updated')
  world.signal('price.changed', { id: holder.id })
}
