import type { SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** From when usage of a metered item is unbilled: its period's start, or a price change since. */
export function usageStart(world: World, item: SubscriptionItem): number {
  const from = world.get('~billed', item.id)?.usageFrom ?? 0
  return Math.max(from, item.current_period_start)
}

export function noteUsageBilled(world: World, item: string, until: number): void {
  const before = world.get('~billed', item)
  world.insert('~billed', { id: item, debits: before?.debits ?? [], usageFrom: until })
}
