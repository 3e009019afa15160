import { calendarOf, periodAt, type Period } from '../billing-periods.ts'
import type { GrantUsage } from '../decision.ts'
import { MINUTE } from '../calendar.ts'
import { AHEAD_SECONDS, LATE_SECONDS } from './ledger.ts'

interface Allowed {
  isAllowed: boolean
  /** Second from which it no longer is. */
  until: number
  now: number
}

/**
 * The billing period the verdict knows, and those that have begun since while access was still
 * given: they begin where it ended, as Stripe will say once the renewal is heard of. Where it is
 * not allowed, only the one that is under way.
 */
export function addPeriods(usage: GrantUsage, { isAllowed, now, until }: Allowed): Period[] {
  const known = knownPeriod(usage, now)
  if (known === null) return []
  const calendar = calendarOf(usage.anchor, usage.interval, usage.intervalCount)
  if (!isAllowed && now < known.to) return [known]
  if (!isAllowed) return calendar === null ? [] : [periodAt(calendar, now) ?? []].flat()
  const periods = [known]
  // Of what was told of long ago, only the periods count that usage may still come for.
  const since = now - LATE_SECONDS
  let end = known.to
  if (calendar !== null && end < since) end = periodAt(calendar, since)?.from ?? Infinity
  while (calendar !== null && end <= now + AHEAD_SECONDS && end < until) {
    // A minute in: Stripe's own seconds may differ from ours by a few.
    const to = periodAt(calendar, end + MINUTE)?.to ?? Infinity
    if (to !== Infinity) periods.push({ from: end, to })
    end = to
  }
  return periods
}

/** Periods of the subscription before the one the verdict knows, of which usage may still come. */
export function earlierPeriods(usage: GrantUsage, now: number): Period[] {
  const known = knownPeriod(usage, now)
  const calendar = calendarOf(usage.anchor, usage.interval, usage.intervalCount)
  const { givenAt } = usage
  const periods: Period[] = []
  if (known === null || calendar === null || givenAt === null) return periods
  let to = known.from
  while (to > now - LATE_SECONDS && to > givenAt) {
    const before = periodAt(calendar, to - MINUTE - 1)
    if (before === null) break
    const from = Math.max(givenAt, before.from)
    periods.unshift({ from, to })
    to = from
  }
  return periods
}

function knownPeriod({ periodEnd, periodStart }: GrantUsage, now: number): Period | null {
  if (periodStart === null || periodEnd === null || periodEnd <= periodStart) return null
  return periodStart > now + AHEAD_SECONDS ? null : { from: periodStart, to: periodEnd }
}
