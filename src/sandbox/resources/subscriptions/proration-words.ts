import type { SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** An item as a proration's description speaks of it. */
export function named(world: World, item: SubscriptionItem): string {
  const name = world.get('product', item.price.product)?.name ?? 'item'
  const quantity = item.quantity ?? 1
  return quantity === 1 ? name : `${String(quantity)} × ${name}`
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** The day of a moment, in UTC. */
export function day(at: number): string {
  const date = new Date(at * 1_000)
  const number = String(date.getUTCDate()).padStart(2, '0')
  return `${number} ${MONTHS[date.getUTCMonth()] ?? ''} ${String(date.getUTCFullYear())}`
}
