import { compareText } from '../../core/canonical.ts'
import { ProvisoError, isProvisoError } from '../../errors.ts'
import type { Queryable } from '../../store/database.ts'
import { findUsage, insertUsage, type NewUsage } from '../../store/statements/usage.ts'
import { lockLedgers } from '../../store/statements/usage-ledgers.ts'
import { applyEnding } from './apply-ending.ts'
import { applyUse, type Applied } from './apply-use.ts'
import {
  ledgerKey,
  loadStandings,
  type Acquaintance,
  type StandingSource,
} from './load-standings.ts'
import { isEnding, lostFeature, type Operation } from './operation.ts'
import { KnownUsage, placeOperations, type Placed } from './placed.ts'
import { assertSameEnding, assertSameUse, recordedUse, reservationOf } from './replay.ts'
import { answerOf, type Answer, type Recorded } from './usage-answer.ts'
import type { Standing } from './standing.ts'
import { LookAgain } from './until-committed.ts'
import { currentMemory } from './usage-alerts.ts'
import type { Outcome } from './usage-batches.ts'
import { writeStandings, type Changed, type Written } from './write-standings.ts'

export interface AppliedBatch extends Written {
  /** In the order of the operations. */
  outcomes: Outcome<Answer>[]
}

/**
 * Applies operations in their order, as one transaction: each ledger is locked once, whatever the
 * number of operations on it. One that cannot be done has an error of its own for an outcome.
 */
export async function applyBatch(
  tx: Queryable,
  source: StandingSource,
  operations: readonly Operation[],
  acquainted: Acquaintance,
): Promise<AppliedBatch> {
  const placed = await placeOperations(tx, operations, acquainted)
  const keys = distinctKeys(placed)
  if (keys.length === 0) return { outcomes: placed.map(failed), position: null, untold: [] }
  await lockLedgers(tx, keys)
  const { standings, due, isNews } = await loadStandings(tx, source, keys, acquainted)
  if (isNews || due.length > 0) throw new LookAgain(due)
  // Under an id that only we have chosen nothing can be on record.
  const askable = operations.filter((operation) => isEnding(operation) || operation.isIdGiven)
  const known = new KnownUsage(askable.length === 0 ? [] : await findUsage(tx, askable))
  const rows: NewUsage[] = []
  const changed = new Map<string, Changed>()
  // What was tracked meanwhile is counted first, and stays so whatever becomes of the operations.
  for (const [key, standing] of standings) {
    if (standing.memory !== null) changed.set(key, { standing, memory: standing.memory })
  }
  const outcomes = placed.map((one): Outcome<Answer> => {
    if (one.key === null) return failed(one)
    const key = ledgerKey(one.key)
    const standing = standings.get(key)
    if (standing === undefined) {
      const { id } = one.operation
      return failed({ error: lostFeature(source.catalog, { id, feature: one.key.feature }) })
    }
    const memory = changed.get(key)?.memory ?? currentMemory(standing)
    try {
      const { applied, isNew } = applyOne(standing, one.operation, known)
      standing.ledger = applied.ledger
      if (applied.row !== null) {
        rows.push(applied.row)
        known.add(applied.row)
        changed.set(key, { standing, memory })
      }
      return { ok: true, answer: answerOf(standing, applied.recorded, isNew) }
    } catch (error) {
      if (!isProvisoError(error)) throw error
      return { ok: false, error }
    }
  })
  if (rows.length > 0) await insertUsage(tx, rows)
  return { outcomes, ...(await writeStandings(tx, [...changed.values()])) }
}

/** Throws what the caller is to be told. */
function applyOne(
  standing: Standing,
  operation: Operation,
  known: KnownUsage,
): { applied: Applied; isNew: boolean } {
  const held = known.find(operation, 0)
  if (isEnding(operation)) {
    const reservation = reservationOf(operation, held)
    const reserved = Number(reservation.quantity)
    const ended = known.find(operation, 1)
    if (ended === undefined) {
      const work = { quantity: reserved, at: Number(reservation.at) }
      return { applied: applyEnding(standing, operation, work), isNew: true }
    }
    assertSameEnding(operation, ended)
    return again(standing, recordedUse(ended, reserved))
  }
  if (held === undefined) return { applied: applyUse(standing, operation), isNew: true }
  assertSameUse(operation, standing.customer, held)
  return again(standing, recordedUse(held))
}

function again({ ledger }: Standing, recorded: Recorded): { applied: Applied; isNew: false } {
  return { applied: { ledger, recorded, row: null }, isNew: false }
}

/** In one order for all processes, so that their locks do not cross. */
function distinctKeys(placed: readonly Placed[]) {
  const keys = new Map(
    placed.flatMap(({ key }) => (key === null ? [] : [[ledgerKey(key), key] as const])),
  )
  return [...keys].sort(([a], [b]) => compareText(a, b)).map(([, key]) => key)
}

function failed({ error }: { error: unknown }): Outcome<never> {
  return { ok: false, error: error ?? new ProvisoError('internal', 'The operation has no place.') }
}
