import { formatSecond } from '../core/calendar.ts'
import type { FeatureAccess, GrantValue } from '../core/decision.ts'
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
  const isHeld = hold !== null && until >= hold.from && (hold.until === null || at < hold.until)
  if (isHeld) return { ...stored, until: hold.until }
  return {
    allowed: false,
    state: 'ended',
    value: empty,
    until: null,
    reasons: [
      {
        code: 'until_reached',
        message: `It held until ${formatSecond(until)} and nothing newer was heard.`,
        events: [],
        objects: [],
      },
      ...stored.reasons,
    ],
  }
}
