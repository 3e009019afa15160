import { HOUR } from '../calendar.ts'
import type { Allowance } from './ledger.ts'

/**
 * Which allowance of the ledger each given one is. Mostly the ids say so; but a period that was
 * foretold, or that only a Checkout told of, may turn out to begin or end at another second, and is
 * the same period all the same: what was used of it stays used.
 */
export function pairAllowances(
  known: readonly Allowance[],
  given: readonly Allowance[],
): ReadonlyMap<Allowance, Allowance> {
  const pairs = new Map<Allowance, Allowance>()
  const free = new Set(known)
  for (const isSame of [hasSameId, hasSameSpan, beginsTogether, endsTogether, beginsWithin]) {
    for (const one of given) {
      if (pairs.has(one)) continue
      const found = known.find((other) => free.has(other) && isSame(other, one))
      if (found === undefined) continue
      pairs.set(one, found)
      free.delete(found)
    }
  }
  return pairs
}

/** Subscription and interval: allowances of one lane follow each other. */
export function laneOf({ id }: Allowance): string {
  return id.slice(0, id.lastIndexOf('@'))
}

type Same = (known: Allowance, given: Allowance) => boolean

const hasSameId: Same = (known, given) => known.id === given.id

/** Monthly turned yearly: what was paid for by the month is still the same. */
const hasSameSpan: Same = (known, given) =>
  isPeriodic(known, given) && isNear(known.from, given.from) && areEndsNear(known, given)

const beginsTogether: Same = (known, given) =>
  isOneLane(known, given) && isNear(known.from, given.from)

const endsTogether: Same = (known, given) => isOneLane(known, given) && areEndsNear(known, given)

/** Foretold to begin within what turned out to be one period. */
const beginsWithin: Same = (known, given) =>
  isOneLane(known, given) && given.from < known.from && known.from < (given.periodEnd ?? 0)

function isPeriodic(known: Allowance, given: Allowance): boolean {
  return (
    known.source === given.source &&
    known.kind === given.kind &&
    known.periodEnd !== null &&
    given.periodEnd !== null
  )
}

function isOneLane(known: Allowance, given: Allowance): boolean {
  return isPeriodic(known, given) && laneOf(known) === laneOf(given)
}

function areEndsNear(known: Allowance, given: Allowance): boolean {
  return isNear(known.periodEnd ?? -Infinity, given.periodEnd ?? Infinity)
}

/** Shorter than any period, longer than what Stripe's seconds differ by. */
function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= HOUR
}
