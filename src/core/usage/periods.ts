import { calendarOf, periodAt, type Period } from '../billing-periods.ts'
import type { GrantUsage } from '../decision.ts'
import { AHEAD_SECONDS } from './ledger.ts'

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
  const known = knownPeriod(usage)
  if (known === null || known.from > now + AHEAD_SECONDS) return []
  const calendar = calendarOf(usage.anchor, usage.interval, usage.intervalCount)
  if (!isAllowed) {
    if (now < known.to) return [known]
    return calendar === null ? [] : [periodAt(calendar, now)]
  }
  const periods = [known]
  for (let end = known.to; calendar !== null && end <= now + AHEAD_SECONDS && end < until;) {
    // A minute in: Stripe's own seconds may differ from ours by a few.
    const next = { from: end, to: periodAt(calendar, end + 60).to }
    periods.push(next)
    end = next.to
  }
  return periods
}

/** Periods of the subscription before the one the verdict knows, of which usage may still come. */
export function earlierPeriods(usage: GrantUsage, since: number): Period[] {
  const known = knownPeriod(usage)
  const calendar = calendarOf(usage.anchor, usage.interval, usage.intervalCount)
  const periods: Period[] = []
  if (known === null || calendar === null || usage.givenAt === null) return periods
  for (let to = known.from; to > since && to > usage.givenAt;) {
    const from = Math.max(usage.givenAt, periodAt(calendar, to - 61).from)
    periods.unshift({ from, to })
    to = from
  }
  return periods
}

function knownPeriod({ periodEnd, periodStart }: GrantUsage): Period | null {
  if (periodStart === null || periodEnd === null || periodEnd <= periodStart) return null
  return { from: periodStart, to: periodEnd }
}
