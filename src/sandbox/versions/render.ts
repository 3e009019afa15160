import { BASIL, isBefore } from '../protocol/versions.ts'
import type { World } from '../world/world.ts'
import { beforeBasil, beforeClover } from './before-basil.ts'

const CLOVER = '2025-09-30'

/** An answer or event object in the shapes of `version`; the current shapes are what is stored. */
export function renderFor(world: World, version: string, value: unknown): unknown {
  if (isBefore(version, BASIL)) return beforeBasil(world, version, value)
  return isBefore(version, CLOVER) ? beforeClover(world, version, value) : value
}
