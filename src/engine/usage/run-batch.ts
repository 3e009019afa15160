import type { Database } from '../../store/database.ts'
import { sqlState } from '../../store/connection-errors.ts'
import type { CustomerKey } from '../../store/statements/customers.ts'
import type { LedgerKey } from '../../store/statements/usage-ledgers.ts'
import { scopedKey } from '../settle/keys.ts'
import { applyBatch, LookAgain, type AppliedBatch, type Outcome } from './apply-batch.ts'
import { acquaintance, type StandingSource } from './load-standings.ts'
import type { Operation } from './operation.ts'

export interface BatchRunOptions {
  database: Database
  source: StandingSource
  /** Makes the verdicts of these customers anew, as far as that can be done soon. */
  wake: (customers: readonly CustomerKey[]) => Promise<void>
  /** After a commit that wrote changes. */
  announce: (position: number | null) => void
  /** After a commit that could not write the alerts of these. */
  retell: (untold: readonly LedgerKey[]) => void
}

/**
 * Deadlock and serialization failure: the database chose one of two transactions to repeat. Unique
 * violation: another process has recorded the same id meanwhile, which the next attempt sees.
 */
const REPEATABLE = new Set(['40P01', '40001', '23505'])
const MAX_ATTEMPTS = 20

/** Runs batches to their commit, however often they must begin anew. */
export function createBatchRun({ database, source, wake, announce, retell }: BatchRunOptions) {
  return async function run(operations: readonly Operation[]): Promise<Outcome[]> {
    const acquainted = acquaintance()
    for (let attempt = 1; ; attempt += 1) {
      try {
        const batch: AppliedBatch = await database.transaction((tx) =>
          applyBatch(tx, source, operations, acquainted),
        )
        announce(batch.position)
        retell(batch.untold)
        return batch.outcomes
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
