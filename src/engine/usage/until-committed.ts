import { sqlState } from '../../store/connection-errors.ts'
import type { Database, Queryable } from '../../store/database.ts'
import type { CustomerKey } from '../../store/statements/customers.ts'
import { scopedKey } from '../settle/keys.ts'
import { acquaintance, type Acquaintance } from './load-standings.ts'

/** The transaction must begin anew: something is to be done first that it cannot do. */
export class LookAgain extends Error {
  override readonly name = 'LookAgain'
  readonly due: readonly CustomerKey[]

  constructor(due: readonly CustomerKey[]) {
    super('the transaction begins anew')
    this.due = due
  }
}

export interface CommitterOptions {
  database: Database
  /** Makes the verdicts of these customers anew, as far as that can be done soon. */
  wake: (customers: readonly CustomerKey[]) => Promise<void>
}

export type UntilCommitted = <T>(
  work: (tx: Queryable, acquainted: Acquaintance) => Promise<T>,
) => Promise<T>

/**
 * Deadlock and serialization failure: the database chose one of two transactions to repeat. Unique
 * violation: another process has recorded the same id meanwhile, which the next attempt sees.
 */
const REPEATABLE = new Set(['40P01', '40001', '23505'])
const MAX_ATTEMPTS = 20

/** Runs transactions on ledgers to their commit, however often they must begin anew. */
export function createCommitter({ database, wake }: CommitterOptions): UntilCommitted {
  return async function untilCommitted(work) {
    const acquainted = acquaintance()
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await database.transaction((tx) => work(tx, acquainted))
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) throw error
        if (error instanceof LookAgain) {
          if (error.due.length > 0) await wake(error.due)
          for (const key of error.due) acquainted.woken.add(scopedKey(key, key.customer))
        } else if (!isRepeatable(error)) throw error
      }
    }
  }
}

export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(sqlState(error) ?? '')
}
