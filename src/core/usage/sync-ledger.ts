import { releaseExpired } from './hold.ts'
import { KEPT_SECONDS, restOf, type Allowance, type Burn, type Ledger } from './ledger.ts'
import { laneOf, pairAllowances } from './pair-allowances.ts'
import { sorted } from './stray.ts'
import { absorbOver } from './take.ts'

/**
 * Brings a ledger up to what the verdict gives now (`allowancesAt`). Idempotent, and what is given
 * twice counts once: an allowance is known by its source and period. What is spent stays spent.
 */
export function syncLedger(ledger: Ledger, given: readonly Allowance[], now: number): Ledger {
  const open = releaseExpired(ledger, now)
  const wanted = sorted([...new Map(given.map((one) => [one.id, one])).values()])
  const pairs = pairAllowances(open.allowances, wanted)
  const updates = new Map([...pairs].map(([one, known]) => [known, one]))
  const kept = open.allowances.map((known) => {
    const one = updates.get(known)
    return one === undefined ? withoutSource(known, wanted, now) : updated(known, one, now)
  })
  const added = wanted
    .filter((one) => !pairs.has(one) && isToBeAdded(one, open.allowances, now))
    .map((one) => ({ ...one, spent: spentBefore(open.closed, one.id), over: 0 }))
  const isAdded = (id: string) => added.some((one) => one.id === id)
  return dropped(
    {
      allowances: absorbOver(sorted([...kept, ...added])),
      holds: open.holds,
      closed: open.closed.filter(({ allowance }) => !isAdded(allowance)),
    },
    now,
  )
}

/** A span that is over only ever ends sooner; one under way takes what is given now. */
function updated(known: Allowance, one: Allowance, now: number): Allowance {
  if (hasEnded(known, now) && hasEnded(one, now)) return known
  if (one.isVoid) return hasEnded(known, now) ? known : clawedBack(known, now)
  if (hasEnded(one, now)) {
    return {
      ...known,
      until: earliest(known.until, one.until),
      periodEnd: earliest(known.periodEnd, one.periodEnd),
    }
  }
  const { amount, from, kind, overage, periodEnd, source, until } = one
  const given = {
    ...known,
    ...{ amount, kind, overage, periodEnd, source, until },
    from: periodEnd === null ? from : Math.min(known.from, from),
  }
  return known.isVoid ? restored(given, now) : given
}

/**
 * An allowance that nothing gives any more. Limits are lost with their source. Credits of a period
 * were paid for, and hold until they end even where the plan no longer has any.
 */
function withoutSource(known: Allowance, given: readonly Allowance[], now: number): Allowance {
  if (known.kind === 'stray' || hasEnded(known, now) || known.from > now) return known
  if (known.periodEnd === null) return clawedBack(known, now)
  const lane = given.filter(
    (one) =>
      one.kind === known.kind &&
      !one.isVoid &&
      !hasEnded(one, now) &&
      laneOf(one) === laneOf(known),
  )
  const next = lane.find(({ from }) => known.from < from && from < (known.periodEnd ?? 0))
  if (known.kind === 'credits') {
    return next === undefined ? known : { ...known, periodEnd: next.from }
  }
  // A period cut short, by a new one that begins within it, ends there.
  if (next !== undefined) return { ...known, until: next.from, periodEnd: next.from }
  return clawedBack(known, now)
}

function isToBeAdded(one: Allowance, known: readonly Allowance[], now: number): boolean {
  if (one.isVoid || (one.until !== null && one.until <= now - KEPT_SECONDS)) return false
  if (one.kind === 'credits') return one.amount !== 0
  // The limit of an earlier period is only guessed at where nothing was known in its time.
  return (
    !hasEnded(one, now) ||
    !known.some(
      (other) => other.kind === 'limit' && other.source === one.source && overlaps(other, one),
    )
  )
}

function spentBefore(closed: readonly Burn[], id: string): number {
  return closed.find(({ allowance }) => allowance === id)?.quantity ?? 0
}

function clawedBack(known: Allowance, now: number): Allowance {
  if (known.isVoid) return known
  const rest = restOf(known)
  const quantity = rest === Infinity ? 0 : rest
  const clawbacks = [...known.clawbacks, { at: now, restoredAt: null, quantity }]
  return { ...known, isVoid: true, clawbacks }
}

function restored(known: Allowance, now: number): Allowance {
  const clawbacks = known.clawbacks.flatMap((span) => {
    if (span.restoredAt !== null) return span
    return span.at >= now ? [] : { ...span, restoredAt: now }
  })
  return { ...known, isVoid: false, clawbacks }
}

/** Drops what no usage can belong to any more, and remembers what of credits was spent. */
function dropped(ledger: Ledger, now: number): Ledger {
  const inUse = new Set(
    ledger.holds.flatMap(({ burned }) => burned.map(({ allowance }) => allowance)),
  )
  const isKept = ({ id, until }: Allowance) =>
    until === null || until > now - KEPT_SECONDS || inUse.has(id)
  const gone = ledger.allowances.filter((allowance) => !isKept(allowance))
  if (gone.length === 0) return ledger
  const spent = gone
    .filter((allowance) => allowance.kind === 'credits' && allowance.spent > 0)
    .map(({ id, spent: quantity }) => ({ allowance: id, quantity }))
  return {
    ...ledger,
    allowances: ledger.allowances.filter(isKept),
    closed: [...ledger.closed, ...spent].sort((a, b) => (a.allowance < b.allowance ? -1 : 1)),
  }
}

function hasEnded({ until }: Allowance, now: number): boolean {
  return until !== null && until <= now
}

function overlaps(a: Allowance, b: Allowance): boolean {
  return a.from < (b.periodEnd ?? Infinity) && b.from < (a.periodEnd ?? Infinity)
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b)
}
