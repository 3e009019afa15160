import type { Grant } from '../../core/decision.ts'
import { secondOf } from '../../core/usage/allowances.ts'
import { isProvisoError } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import type { LedgerKey } from '../../store/statements/usage-ledgers.ts'
import { openLedgers, readTargets, type TargetRow } from '../../store/statements/usage-targets.ts'
import { acquaintance, ledgerKey, learnOwners } from './load-standings.ts'
import { customerOf } from './placed.ts'
import type { Outcome } from './usage-batches.ts'

/** Where what is tracked under one name is recorded. */
export interface TrackTarget {
  ledger: bigint
  /** Of the ledger: a Stripe customer's one app customer, or the name itself. */
  customer: string
  /** Unix seconds of the customer's test clock; null: on none. */
  second: number | null
}

/** Whom names stand for, and their ledgers, which are made where missing; who is unknown gets an error. */
export async function readTrackTargets(
  database: Database,
  names: readonly LedgerKey[],
): Promise<Outcome<TrackTarget>[]> {
  const acquainted = acquaintance()
  const asked = await readTargets(database, names)
  await learnOwners(database, asked, acquainted)
  const placed = names.map((name): Outcome<LedgerKey> => {
    try {
      return { ok: true, answer: { ...name, customer: customerOf(name, acquainted) } }
    } catch (error) {
      if (!isProvisoError(error)) throw error
      return { ok: false, error }
    }
  })
  const keys = placed.flatMap((one) => (one.ok ? one.answer : []))
  const rows = await openedTargets(database, keys, asked)
  return placed.map((one) => {
    if (!one.ok) return one
    const row = rows.get(ledgerKey(one.answer))
    return row === undefined || row.id === null
      ? { ok: false, error: new Error(`${ledgerKey(one.answer)} has no ledger`) }
      : { ok: true, answer: targetOf({ ...row, id: row.id }) }
  })
}

/** Ledgers of these keys; read again only where some of them were not asked for or not there. */
async function openedTargets(
  database: Database,
  keys: readonly LedgerKey[],
  asked: readonly TargetRow[],
): Promise<Map<string, TargetRow>> {
  const rows = new Map(asked.map((row) => [ledgerKey(row), row]))
  const lacking = keys.filter((key) => (rows.get(ledgerKey(key))?.id ?? null) === null)
  if (lacking.length === 0) return rows
  // In the order in which ledgers are locked.
  const missing = new Map(lacking.map((key) => [ledgerKey(key), key]))
  const inOrder = [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)
  await openLedgers(database, inOrder)
  for (const row of await readTargets(database, inOrder)) rows.set(ledgerKey(row), row)
  return rows
}

function targetOf({ customer, grants, id }: TargetRow & { id: bigint }): TrackTarget {
  const second = grants === null ? -1 : secondOf(grants as Grant[], -1)
  return { ledger: id, customer, second: second === -1 ? null : second }
}
