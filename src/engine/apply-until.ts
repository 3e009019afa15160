import { formatSecond } from '../core/calendar.ts'
import {
  ALLOWED_STATES,
  type FeatureAccess,
  type Grant,
  type GrantValue,
  type Reason,
} from '../core/decision.ts'
import type { Hold } from '../core/hold.ts'

/** What a stored verdict is worth at `at`: past its `until` it no longer holds, unless a hold keeps it. */
export function applyUntil(
  stored: FeatureAccess,
  at: number,
  hold: Hold | null,
  empty: GrantValue,
): FeatureAccess {
  const { until } = stored
  if (!stored.allowed || until === null || at < until) return stored
  if (isKept(until, at, hold)) return { ...stored, until: hold.until }
  return {
    allowed: false,
    state: 'ended',
    value: empty,
    until: null,
    reasons: [untilReached(until), ...stored.reasons],
  }
}

/** The same of single grants: what their sources are worth at `at`. */
export function grantsAt(grants: readonly Grant[], at: number, hold: Hold | null): Grant[] {
  return grants.map((grant) => {
    const { until } = grant
    if (until === null || !hasEnded(grant, at)) return grant
    if (isKept(until, at, hold)) return { ...grant, until: hold.until }
    const reasons = [untilReached(until), ...grant.reasons]
    return { ...grant, state: 'ended', until: null, reasons }
  })
}

/** Whether it was given until a second that has passed. */
export function hasEnded({ state, until }: Grant, at: number): boolean {
  return ALLOWED_STATES.has(state) && until !== null && at >= until
}

function isKept(until: number, at: number, hold: Hold | null): hold is Hold {
  return hold !== null && until >= hold.from && (hold.until === null || at < hold.until)
}

function untilReached(until: number): Reason {
  return {
    code: 'until_reached',
    message: `It held until ${formatSecond(until)} and nothing newer was heard.`,
    events: [],
    objects: [],
  }
}
