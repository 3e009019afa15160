import { bucketOf } from '../../store/statements/usage-track.ts'
import type { Use } from './operation.ts'
import { createTrackRun, type TrackRunOptions } from './track-run.ts'
import { createUsageBatches } from './usage-batches.ts'
import type { TrackAnswer } from './usage-contract.ts'

/**
 * Transactions at once: of even buckets and of odd ones, so that the locks that keep numbers in order are
 * never those of both. One uses the time in which the other waits for the disk.
 */
const LANES = 1

/** Records what is tracked, many uses in one statement. */
export function createTracks(options: TrackRunOptions) {
  const apply = createTrackRun(options)
  const lanes = Array.from({ length: LANES }, () => createUsageBatches<Use, TrackAnswer>({ apply }))
  return {
    submit(use: Use): Promise<TrackAnswer> {
      const lane = lanes[bucketOf(use.customer) % LANES] as (typeof lanes)[number]
      return lane.submit(use)
    },
    close: async () => void (await Promise.all(lanes.map((lane) => lane.close()))),
  }
}
