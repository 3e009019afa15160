import type { Observation, Reduction } from './observation.ts'
import { reduceEvent } from './reduce-event.ts'
import { reduceManual } from './reduce-manual.ts'
import { reduceRead } from './reduce-read.ts'

/**
 * One observation → the snapshots it gives. Total and deterministic: it never throws, and the same
 * row gives the same snapshots on every machine. The presence of fields decides, never the
 * configured API version, because a backfilled event may have another shape than the pushed one
 * (stripe-facts §2.1).
 */
export function reduce(observation: Observation): Reduction {
  switch (observation.kind) {
    case 'event':
      return reduceEvent(observation)
    case 'read':
      return reduceRead(observation)
    case 'manual':
      return reduceManual(observation)
  }
}
