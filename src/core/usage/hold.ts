import type { Burn, Hold, Ledger } from './ledger.ts'
import { giveBack, take, type Taken } from './take.ts'

export interface HoldOptions {
  /** Of the reservation; the caller makes sure that it is new. */
  id: string
  /** Whole units, at least 1. */
  quantity: number
  /** Unix seconds of the work: whose allowances it burns. */
  at: number
  /** Unix seconds from which it counts as released. */
  expiresAt: number
  /** As for `take`. */
  isAllowed: boolean
}

/** Sets units aside as a consume would take them: all or nothing. */
export function hold(ledger: Ledger, options: HoldOptions): Taken {
  const { id, quantity, at, expiresAt, isAllowed } = options
  const taken = take(ledger, { quantity, at, mode: 'consume', isAllowed })
  if (!taken.ok) return taken
  const held: Hold = { id, quantity, at, expiresAt, burned: taken.burned }
  const holds = [...taken.ledger.holds, held].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { ...taken, ledger: { ...taken.ledger, holds } }
}

/**
 * Settles a reservation for what the work cost. Units on hold are used first, and stay those of the
 * allowances they were taken from, whatever has ended or was taken back since; what is beyond them,
 * or all of it where the reservation has run out, is recorded as usage tracked at `at`.
 * @param actual whole units from 0
 */
export function finalise(ledger: Ledger, id: string, actual: number, at: number): Taken {
  const held = ledger.holds.find((known) => known.id === id)
  const kept = split(held?.burned ?? [], actual)
  const settled = giveBack(removed(ledger, id), kept.rest)
  const over = overOf(kept.first)
  if (kept.missing === 0) return { ok: true, ledger: settled, burned: kept.first, over }
  const more = take(settled, { quantity: kept.missing, at, mode: 'track', isAllowed: true })
  if (!more.ok) return { ...more, ledger }
  return {
    ok: true,
    ledger: more.ledger,
    burned: joined([...kept.first, ...more.burned]),
    over: over + more.over,
  }
}

/** Gives back what is on hold; one that has run out, or never was, gives back nothing. */
export function release(ledger: Ledger, id: string): Ledger {
  const held = ledger.holds.find((known) => known.id === id)
  return held === undefined ? ledger : giveBack(removed(ledger, id), held.burned)
}

/** Gives back what holds past their time have set aside. */
export function releaseExpired(ledger: Ledger, now: number): Ledger {
  return ledger.holds
    .filter(({ expiresAt }) => expiresAt <= now)
    .reduce((rest, { id }) => release(rest, id), ledger)
}

function removed(ledger: Ledger, id: string): Ledger {
  return { ...ledger, holds: ledger.holds.filter((held) => held.id !== id) }
}

/** The first `quantity` units of what was burned, and the rest. */
function split(
  burned: readonly Burn[],
  quantity: number,
): { first: Burn[]; rest: Burn[]; missing: number } {
  const first: Burn[] = []
  const rest: Burn[] = []
  let missing = quantity
  for (const part of burned) {
    const kept = Math.min(missing, part.quantity)
    missing -= kept
    if (kept > 0) first.push({ ...part, quantity: kept })
    if (kept < part.quantity) rest.push({ ...part, quantity: part.quantity - kept })
  }
  return { first, rest, missing }
}

/** One line per allowance and kind. */
function joined(burned: readonly Burn[]): Burn[] {
  const parts = new Map<string, Burn>()
  for (const part of burned) {
    const key = `${part.isOver === true ? 'over' : 'spent'} ${part.allowance}`
    const known = parts.get(key)
    parts.set(key, { ...part, quantity: part.quantity + (known?.quantity ?? 0) })
  }
  return [...parts.values()]
}

function overOf(burned: readonly Burn[]): number {
  return burned.reduce((sum, { isOver, quantity }) => sum + (isOver === true ? quantity : 0), 0)
}
