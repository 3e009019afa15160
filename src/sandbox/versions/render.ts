import { BASIL, isBefore } from '../protocol/versions.ts'
import type { World } from '../world/world.ts'
import { beforeBasil } from './before-basil.ts'

/** An answer or event object in the shapes of `version`; the current shapes are what is stored. */
export function renderFor(world: World, version: string, value: unknown): unknown {
  return isBefore(version, BASIL) ? beforeBasil(world, version, value) : value
}
