import { restOf, usableAt, type Allowance, type Ledger } from './ledger.ts'
import { strayId } from './stray.ts'

/** How a limit or credits stand at one second. All amounts are units. */
export interface UsageStanding {
  /** Of what is given now, with what is on hold and what is beyond it. */
  used: number
  /** Given in all; null: without limit. */
  limit: number | null
  /** What a consume can still take within it; null: without limit. */
  remaining: number | null
  /** Used beyond what is included: noted or billed, never a debt. */
  over: number
  /** Whether a consume goes on beyond it, billed by Stripe. */
  isBilledBeyond: boolean
  /** Unix second at which the first of what is given ends; null: none of it does. */
  resetsAt: number | null
}

/** What is used of a metered feature, and what remains, for usage at this second. */
export function usageAt(ledger: Ledger, at: number): UsageStanding {
  const given = usableAt(ledger, at).filter(({ kind }) => kind === 'limit')
  const others = ledger.allowances.filter((allowance) => isUngiven(allowance, at))
  return standingOf(given, given.length > 0 ? given : others)
}

/** Credits, for usage at this second: `remaining` is the balance, `resetsAt` when some of it ends next. */
export function balanceAt(ledger: Ledger, at: number): UsageStanding {
  const given = usableAt(ledger, at).filter(({ kind }) => kind === 'credits')
  const strays = ledger.allowances.filter(({ id }) => id === strayId(at))
  const left = given.filter((allowance) => restOf(allowance) > 0)
  return { ...standingOf(given, [...given, ...strays]), resetsAt: firstEnd(left) }
}

function standingOf(given: readonly Allowance[], shown: readonly Allowance[]): UsageStanding {
  const over = sum(shown, (allowance) => allowance.over)
  return {
    used: sum(shown, ({ spent }) => spent) + over,
    limit: finite(sum(given, ({ amount }) => amount ?? Infinity)),
    remaining: finite(sum(given, restOf)),
    over,
    isBilledBeyond: given.some(({ overage }) => overage === 'bill'),
    resetsAt: firstEnd(given),
  }
}

/** Used although nothing is given: strays of the month, and of what was taken back since. */
function isUngiven({ id, kind, from, until }: Allowance, at: number): boolean {
  if (kind === 'stray') return id === strayId(at)
  return kind === 'limit' && from <= at && (until === null || at < until)
}

function firstEnd(given: readonly Allowance[]): number | null {
  const ends = given.flatMap(({ until }) => until ?? [])
  return ends.length === 0 ? null : Math.min(...ends)
}

function sum(values: readonly Allowance[], of: (value: Allowance) => number): number {
  return values.reduce((total, value) => total + of(value), 0)
}

function finite(units: number): number | null {
  return units === Infinity ? null : Math.min(Number.MAX_SAFE_INTEGER, units)
}
