import { formatSecond } from '../../core/calendar.ts'
import { AHEAD_SECONDS, LATE_SECONDS, type Burn, type Ledger } from '../../core/usage/ledger.ts'
import { hold } from '../../core/usage/hold.ts'
import { take, type Taken } from '../../core/usage/take.ts'
import { ProvisoError } from '../../errors.ts'
import type { NewUsage } from '../../store/statements/usage.ts'
import type { Use } from './operation.ts'
import type { Standing } from './standing.ts'
import type { Recorded } from './usage-answer.ts'

export interface Applied {
  ledger: Ledger
  recorded: Recorded
  /** null: nothing to be kept. */
  row: NewUsage | null
}

/** What a new use does to the ledger; throws what the caller is to be told. */
export function applyUse(standing: Standing, use: Use): Applied {
  const { now } = standing
  const at = use.at ?? now
  checkWindow(at, now)
  const expiresAt = use.expiresIn === null ? null : now + use.expiresIn
  const taken = takeFor(standing, use, at, expiresAt)
  if (!taken.ok && taken.reason === 'uncountable') throw uncountable(use.quantity)
  const { ok, ledger, burned, over } = taken
  const recorded: Recorded = {
    kind: use.kind,
    id: use.id,
    quantity: use.quantity,
    over,
    at,
    isRefused: !ok,
    expiresAt,
    reserved: 0,
  }
  // Nobody can ask again for a refusal under an id that only we chose.
  const isKept = ok || use.isIdGiven
  return { ledger, recorded, row: isKept ? rowOf(standing, recorded, burned) : null }
}

function takeFor(standing: Standing, use: Use, at: number, expiresAt: number | null): Taken {
  const { ledger, isAllowed } = standing
  const { id, kind, quantity } = use
  if (kind === 'reserve' && expiresAt !== null) {
    return hold(ledger, { id, quantity, at, expiresAt, isAllowed })
  }
  return take(ledger, { quantity, at, mode: 'consume', isAllowed })
}

export function rowOf(
  { account, livemode, customer, feature, id: ledger, meter }: Standing,
  { kind, id, quantity, over, at, isRefused, expiresAt }: Recorded,
  burned: readonly Burn[],
): NewUsage {
  const isUse = kind === 'consume' || kind === 'finalise'
  return {
    account,
    livemode,
    ledger,
    id,
    step: kind === 'finalise' || kind === 'release' ? 1 : 0,
    kind,
    customer,
    feature,
    quantity,
    over,
    at,
    expires_at: expiresAt,
    is_refused: isRefused,
    burned,
    meter: isUse && !isRefused && quantity > 0 ? meter : null,
  }
}

export function checkWindow(at: number, now: number): void {
  if (at < now - LATE_SECONDS) {
    throw new ProvisoError(
      'usage_too_old',
      `at ${at} (${formatSecond(at)}) is more than 35 days ago, which Stripe bills no more: leave it out to record the usage as of now.`,
      { details: { at, earliest: now - LATE_SECONDS } },
    )
  }
  if (at > now + AHEAD_SECONDS) {
    throw new ProvisoError(
      'usage_in_future',
      `at ${at} (${formatSecond(at)}) is more than 5 minutes ahead of ${formatSecond(now)}: use Unix seconds, not milliseconds, and set the clock right, or leave it out for now.`,
      { details: { at, latest: now + AHEAD_SECONDS } },
    )
  }
}

/** Beyond 2⁵³ sums would silently lose units. */
export function uncountable(quantity: number): ProvisoError {
  return new ProvisoError(
    'invalid_quantity',
    `quantity ${quantity} would bring the customer's total beyond ${Number.MAX_SAFE_INTEGER}: count in a larger unit.`,
    { details: { quantity: String(quantity) } },
  )
}
