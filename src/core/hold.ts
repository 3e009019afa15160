import { ALLOWED_STATES, type GrantState, type Reason } from './decision.ts'
import { formatSecond } from './calendar.ts'
import type { Segment } from './source.ts'

/**
 * While we may have been deaf (an outage) or wrong about many at once (the breaker), access that only
 * the clock would end stays. What Stripe's events say still counts at once.
 */
export interface Hold {
  cause: 'outage' | 'breaker'
  /** Ends of access from this second on are held. */
  from: number
  /** Second at which the hold ends; null: when a person releases it. */
  until: number | null
}

export interface Held {
  state: GrantState
  /** End of the span in which it stays allowed; null: open. */
  until: number | null
  /** Next second at which the segment changes; null: never. */
  changesAt: number | null
  reason: Reason
  /** Another source gives what this one will: see `Segment.isWaiting`. */
  isWaiting?: true
}

/** The state of a timeline at `now`. */
export function applyHold(segments: readonly Segment[], hold: Hold | null, now: number): Held {
  const index = segments.findIndex(({ to }) => to === null || now < to)
  const current = segments[index] ?? segments.at(-1)
  if (current === undefined) throw new RangeError('a timeline has at least one segment')
  if (hold !== null && (hold.until === null || now < hold.until)) {
    const held = heldSegment(segments, hold, index, now)
    if (held !== null) {
      const message = `Kept while the service catches up (${hold.cause}); would have ended ${formatSecond(held.to ?? now)}.`
      return {
        state: held.state,
        until: hold.until,
        changesAt: hold.until,
        reason: { ...held.reason, code: `${hold.cause}_hold`, message },
      }
    }
  }
  const end = allowedEnd(segments, index)
  const isHeld =
    hold !== null &&
    end !== null &&
    end >= hold.from &&
    (hold.until ?? Infinity) > end &&
    segments.find(({ from }) => from === end)?.isTaken !== true
  return {
    state: current.state,
    until: isHeld ? hold.until : end,
    changesAt: current.to,
    reason: current.reason,
    ...(current.isWaiting === true ? { isWaiting: true } : {}),
  }
}

/** The last allowed segment, when the clock alone ended it inside the hold. */
function heldSegment(
  segments: readonly Segment[],
  hold: Hold,
  index: number,
  now: number,
): Segment | null {
  const current = segments[index]
  if (current === undefined || ALLOWED_STATES.has(current.state)) return null
  const lastIndex = segments.findLastIndex(
    ({ state }, at) => at < index && ALLOWED_STATES.has(state),
  )
  const last = segments[lastIndex]
  if (last === undefined || last.to === null) return null
  if (segments.slice(lastIndex + 1, index + 1).some(({ isTaken }) => isTaken === true)) return null
  return last.to >= hold.from && last.to <= now ? last : null
}

function allowedEnd(segments: readonly Segment[], index: number): number | null {
  let end: number | null = null
  for (const { state, to } of segments.slice(index)) {
    if (!ALLOWED_STATES.has(state)) break
    end = to
    if (to === null) return null
  }
  return end
}
