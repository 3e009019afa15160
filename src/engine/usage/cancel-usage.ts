import { DAY, formatSecond } from '../../core/calendar.ts'
import type { Scope } from '../../core/fact.ts'
import { giveBack } from '../../core/usage/take.ts'
import type { Burn } from '../../core/usage/ledger.ts'
import { ProvisoError } from '../../errors.ts'
import { sqlState } from '../../store/connection-errors.ts'
import type { Database, Queryable } from '../../store/database.ts'
import type { CustomerKey } from '../../store/statements/customers.ts'
import {
  cancelRow,
  lockCancellable,
  recountReport,
  type CancellableUsage,
} from '../../store/statements/usage-cancel.ts'
import { findUsage, type UsageIdentity } from '../../store/statements/usage.ts'
import { lockLedgers, writeLedgers } from '../../store/statements/usage-ledgers.ts'
import { lockReport } from '../../store/statements/usage-reports.ts'
import { scopedKey } from '../settle/keys.ts'
import { LookAgain } from './apply-batch.ts'
import {
  acquaintance,
  ledgerKey,
  loadStandings,
  type Acquaintance,
  type StandingSource,
} from './load-standings.ts'
import { shownUsage } from './standing.ts'
import type { CancelAnswer, CancelRequest } from './report-contract.ts'

export interface CancelOptions {
  database: Database
  source: StandingSource
  wake: (customers: readonly CustomerKey[]) => Promise<void>
  scopeOf: (scope: Partial<Scope>) => Promise<Scope>
  assertReady: () => Promise<void>
}

/** Stripe takes an event back within 24 hours of its receipt (stripe-facts §5). */
const CANCEL_SECONDS = DAY
const REPEATABLE = new Set(['40P01', '40001', '23505'])
const MAX_ATTEMPTS = 20

/** Takes back what was recorded by mistake: the customer has the units again, and Stripe is told. */
export function createCancelUsage(options: CancelOptions) {
  const { database, source, wake, scopeOf, assertReady } = options

  return async function cancelUsage(request: CancelRequest): Promise<CancelAnswer> {
    await assertReady()
    const identity = { ...(await scopeOf(request)), id: request.id }
    const acquainted = acquaintance()
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await database.transaction((tx) => cancel(tx, source, identity, acquainted))
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) throw error
        if (error instanceof LookAgain) {
          if (error.due.length > 0) await wake(error.due)
          for (const key of error.due) acquainted.woken.add(scopedKey(key, key.customer))
        } else if (!REPEATABLE.has(sqlState(error) ?? '')) throw error
      }
    }
  }
}

async function cancel(
  tx: Queryable,
  source: StandingSource,
  identity: UsageIdentity,
  acquainted: Acquaintance,
): Promise<CancelAnswer> {
  const [first] = await findUsage(tx, [identity])
  if (first === undefined) throw unknownUsage(identity.id)
  const { account, livemode, customer, feature } = first
  const key = { account, livemode, customer, feature }
  // As everyone who records usage: the ledger first, then its rows, then their report.
  await lockLedgers(tx, [key])
  const { standings, due, isNews } = await loadStandings(tx, source, [key], acquainted)
  if (isNews || due.length > 0) throw new LookAgain(due)
  const standing = standings.get(ledgerKey(key))
  if (standing === undefined) throw unknownUsage(identity.id)
  const rows = await lockCancellable(tx, identity)
  const use = useAmong(identity.id, rows)
  const isNew = !rows.some(({ kind }) => kind === 'cancel')
  if (isNew) {
    await assertYoung(tx, use, standing.now)
    await cancelRow(tx, use, standing.now)
    if (use.report !== null) {
      await recountReport(tx, { account, livemode, identifier: use.report }, use.quantity)
    }
    standing.ledger = giveBack(standing.ledger, (use.burned ?? []) as Burn[])
    const ledger = JSON.stringify(standing.ledger)
    await writeLedgers(tx, [{ ...key, ledger, alerts: JSON.stringify(standing.alerts ?? {}) }])
  }
  const at = Number(use.at)
  return {
    ...{ id: identity.id, customer, feature, quantity: Number(use.quantity), at, isNew },
    asOf: standing.now,
    usage: shownUsage(standing, at),
  }
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
