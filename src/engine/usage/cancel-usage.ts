import { DAY, formatSecond } from '../../core/calendar.ts'
import type { Scope } from '../../core/fact.ts'
import { giveBack, lastBurned } from '../../core/usage/take.ts'
import type { Burn } from '../../core/usage/ledger.ts'
import { ProvisoError } from '../../errors.ts'
import type { Queryable } from '../../store/database.ts'
import {
  cancelRow,
  lockCancellable,
  recountReport,
  type CancellableUsage,
} from '../../store/statements/usage-cancel.ts'
import { findUsage, type UsageIdentity } from '../../store/statements/usage.ts'
import { lockLedgers } from '../../store/statements/usage-ledgers.ts'
import { lockReport } from '../../store/statements/usage-reports.ts'
import { checkObject } from '../check-input.ts'
import {
  ledgerKey,
  loadStandings,
  type Acquaintance,
  type StandingSource,
} from './load-standings.ts'
import { checkId, lostFeature } from './operation.ts'
import { shownUsage, type Standing } from './standing.ts'
import { LookAgain, type UntilCommitted } from './until-committed.ts'
import { currentMemory } from './usage-alerts.ts'
import { writeSpends, writeStandings, type Written } from './write-standings.ts'
import type { CancelAnswer, CancelRequest } from './report-contract.ts'

export interface CancelOptions {
  source: StandingSource
  untilCommitted: UntilCommitted
  scopeOf: (scope: Partial<Scope>) => Promise<Scope>
  assertReady: () => Promise<void>
  /** After a commit: what it told of, and could not. */
  committed: (written: Written) => void
}

/** Stripe takes an event back within 24 hours of its receipt (stripe-facts §5). */
const CANCEL_SECONDS = DAY

/** Takes back what was recorded by mistake: the customer has the units again, and Stripe is told. */
export function createCancelUsage(options: CancelOptions) {
  const { source, untilCommitted, scopeOf, assertReady, committed } = options

  return async function cancelUsage(request: CancelRequest): Promise<CancelAnswer> {
    checkObject(request, 'use', 'its id')
    checkId(request.id)
    await assertReady()
    const identity = { ...(await scopeOf(request)), id: request.id }
    const { answer, written } = await untilCommitted((tx, acquainted) =>
      cancel(tx, source, identity, acquainted),
    )
    committed(written)
    return answer
  }
}

async function cancel(
  tx: Queryable,
  source: StandingSource,
  identity: UsageIdentity,
  acquainted: Acquaintance,
): Promise<{ answer: CancelAnswer; written: Written }> {
  const [first] = await findUsage(tx, [identity])
  if (first === undefined) throw unknownUsage(identity.id)
  const { account, livemode, customer, feature } = first
  const key = { account, livemode, customer, feature }
  // As everyone who records usage: the ledger first, then its rows, then their report.
  await lockLedgers(tx, [key])
  const { standings, due, isNews } = await loadStandings(tx, source, [key], acquainted)
  if (isNews || due.length > 0) throw new LookAgain(due)
  const standing = standings.get(ledgerKey(key))
  if (standing === undefined) throw lostFeature(source.catalog, { id: identity.id, feature })
  const memory = standing.memory ?? currentMemory(standing)
  // What was tracked is counted before any of it is taken back.
  await writeSpends(tx, standing)
  const rows = await lockCancellable(tx, identity)
  const use = useAmong(identity.id, rows)
  const isNew = !rows.some(({ kind }) => kind === 'cancel')
  if (isNew) {
    await assertYoung(tx, use, standing.now)
    await cancelRow(tx, use, standing.now)
    if (use.report !== null) {
      await recountReport(tx, { account, livemode, identifier: use.report }, use.quantity)
    }
    standing.ledger = giveBack(standing.ledger, burnedBy(use, standing))
  }
  const isChanged = isNew || standing.memory !== null
  const written = await writeStandings(tx, isChanged ? [{ standing, memory }] : [])
  const at = Number(use.at)
  const answer = {
    ...{ id: identity.id, customer, feature, quantity: Number(use.quantity), at, isNew },
    asOf: standing.now,
    usage: shownUsage(standing, at),
  }
  return { answer, written }
}

/** Of tracked metered usage nobody noted it: its units are like any other of that second. */
function burnedBy(
  { at, burned, quantity }: CancellableUsage,
  { ledger }: Standing,
): readonly Burn[] {
  return burned === null
    ? lastBurned(ledger, Number(quantity), Number(at))
    : (burned as readonly Burn[])
}

/** The row that took something: of a reservation, its end. */
function useAmong(id: string, rows: readonly CancellableUsage[]): CancellableUsage {
  const use = rows.find(
    ({ kind, is_refused: isRefused }) =>
      !isRefused && (kind === 'track' || kind === 'consume' || kind === 'finalise'),
  )
  if (use !== undefined) return use
  const isHeld = rows.some(({ kind, is_refused: isRefused }) => kind === 'reserve' && !isRefused)
  const why = isHeld
    ? 'it is a reservation that nothing was used of: release it instead'
    : 'it was refused, so nothing was taken'
  throw new ProvisoError('invalid_request', `${id} cannot be cancelled: ${why}.`, {
    details: { id },
  })
}

async function assertYoung(tx: Queryable, use: CancellableUsage, now: number): Promise<void> {
  const { id, account, livemode, report } = use
  const carried =
    report === null ? null : await lockReport(tx, { account, livemode, identifier: report })
  const sentAt = carried?.first_sent_at ?? null
  const age = sentAt === null ? Number(use.age) : now - Number(sentAt)
  if (age <= CANCEL_SECONDS) return
  const since =
    sentAt === null
      ? 'was recorded more than 24 hours ago'
      : `was reported to Stripe on ${formatSecond(Number(sentAt))}`
  throw new ProvisoError(
    'usage_too_old_to_cancel',
    `${id} ${since}, and Stripe takes usage back for 24 hours only: credit the customer's invoice instead.`,
    { details: { id, report } },
  )
}

function unknownUsage(id: string): ProvisoError {
  return new ProvisoError(
    'not_found',
    `No usage is on record under id ${id}: use the id that track, consume or reserve answered.`,
    { details: { id } },
  )
}
