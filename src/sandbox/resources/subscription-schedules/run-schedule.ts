import type { World } from '../../world/world.ts'

/** Does what is due for a schedule now. True where it did anything. */
export function runSchedule(world: World, id: string): boolean {
  void world
  void id
  return false
}
