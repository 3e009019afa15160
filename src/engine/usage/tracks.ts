import type { Use } from './operation.ts'
import { createTrackRun, type TrackRunOptions } from './track-run.ts'
import { createUsageBatches } from './usage-batches.ts'
import type { TrackAnswer } from './usage-contract.ts'

/**
 * Records what is tracked, many uses in one statement and one statement at a time: two lanes were
 * measured, and made batches half as large for no more of them.
 */
export function createTracks(options: TrackRunOptions) {
  return createUsageBatches<Use, TrackAnswer>({ apply: createTrackRun(options) })
}
