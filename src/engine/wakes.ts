import type { Database } from '../store/database.ts'
import { isLockTimeout, sqlState } from '../store/connection-errors.ts'
import { postponeWake, readDueCustomers, type CustomerKey } from '../store/statements/customers.ts'
import type { Log } from '../log.ts'
import type { Breaker } from './breaker.ts'
import { Outrun } from './settle/outrun.ts'
import {
  blamesData,
  settleCustomers,
  type SettleContext,
  type SettledBatch,
} from './settle/settle-batch.ts'

const BATCH = 100
const MAX_ATTEMPTS = 20
/** Seconds until a customer who could not be decided is looked at again. */
const RETRY = 300
/** Milliseconds a read waits for whoever is deciding the customer, or for a rebuild. */
const READ_PATIENCE = 500

export interface WakesOptions {
  database: Database
  context: SettleContext
  breaker: Breaker
  log: Log
}

/** Changes that the clock alone makes: a trial, a grace, a pass or a window ends. */
export function createWakes({ database, context, breaker, log }: WakesOptions) {
  async function wake(
    customers: readonly CustomerKey[],
    lockTimeoutMs?: number,
  ): Promise<SettledBatch> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await settleCustomers(database, context, {
          customers,
          cause: 'clock',
          onVerdicts: (tx, verdicts) => breaker.admit(tx, verdicts),
          ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
        })
      } catch (error) {
        const isRepeatable = error instanceof Outrun || sqlState(error) === '40P01'
        if (!isRepeatable || attempt === MAX_ATTEMPTS) throw error
      }
    }
  }

  /** One customer who cannot be decided holds up nobody else's end of access. */
  async function wakeOrIsolate(customers: readonly CustomerKey[]): Promise<number | null> {
    try {
      return (await wake(customers)).position
    } catch (error) {
      if (!blamesData(error)) throw error
    }
    let position: number | null = null
    for (const customer of customers) {
      try {
        position = (await wake([customer])).position ?? position
      } catch (error) {
        if (!blamesData(error)) throw error
        log.error(
          { ...customer, err: error },
          'a customer cannot be decided anew and keeps the last verdict',
        )
        await postponeWake(database, customer, (await context.now()) + RETRY)
      }
    }
    return position
  }

  return {
    /**
     * Decides customers for whoever asks of them. Where it cannot be done soon, the stored verdict with its
     * `until` applied answers: late in what it says, but it serves nobody longer.
     */
    async wakeForRead(customers: readonly CustomerKey[]): Promise<number | null> {
      try {
        return (await wake(customers, READ_PATIENCE)).position
      } catch (error) {
        if (!isLockTimeout(error) && !blamesData(error)) throw error
        return null
      }
    },

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
        position = (await wakeOrIsolate(due)) ?? position
        woken += due.length
        if (performance.now() >= end) return { woken, hasMore: true, position }
      }
    },
  }
}

export type Wakes = ReturnType<typeof createWakes>
