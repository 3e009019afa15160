import type { Database } from '../store/database.ts'
import { readDueCustomers, type CustomerKey } from '../store/statements/customers.ts'
import type { Breaker } from './breaker.ts'
import { RootMoved } from './settle/claim-roots.ts'
import { settleCustomers, type SettleContext } from './settle/settle-batch.ts'
import { sqlState } from '../store/connection-errors.ts'

const BATCH = 100
const MAX_ATTEMPTS = 20

/** Changes that the clock alone makes: a trial, a grace, a pass or a window ends. */
export function createWakes(database: Database, context: SettleContext, breaker: Breaker) {
  async function wake(customers: readonly CustomerKey[]) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await settleCustomers(database, context, customers, 'clock', (tx, verdicts) =>
          breaker.admit(tx, verdicts),
        )
      } catch (error) {
        const isRepeatable = error instanceof RootMoved || sqlState(error) === '40P01'
        if (!isRepeatable || attempt === MAX_ATTEMPTS) throw error
      }
    }
  }

  return {
    wake,
    /** Wakes everyone whose time has come, until the budget is spent. */
    async run(
      budgetMs = Infinity,
    ): Promise<{ woken: number; hasMore: boolean; position: number | null }> {
      const end = performance.now() + budgetMs
      let woken = 0
      let position: number | null = null
      for (;;) {
        const due = await readDueCustomers(database, await context.now(), BATCH)
        if (due.length === 0) return { woken, hasMore: false, position }
        const batch = await wake(due)
        woken += batch.customers
        position = batch.position ?? position
        if (performance.now() >= end) return { woken, hasMore: true, position }
      }
    },
  }
}

export type Wakes = ReturnType<typeof createWakes>
