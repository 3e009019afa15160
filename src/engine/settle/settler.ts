import type { Database } from '../../store/database.ts'
import { sqlState } from '../../store/connection-errors.ts'
import { markSettled, setAsideProblem } from '../../store/statements/pending.ts'
import type { Log } from '../../log.ts'
import { Outrun } from './outrun.ts'
import { blamesData, PoisonedRow, settlePending, type SettleContext } from './settle-batch.ts'

/** Deadlock, serialization failure: another transaction was chosen, this one may go again. */
const REPEATABLE = new Set(['40P01', '40001'])
const MAX_ATTEMPTS = 20
export interface Settler {
  /** Settles until nothing is pending or the budget is spent; answers how many observations. */
  run(budgetMs?: number): Promise<{ settled: number; hasMore: boolean; position: number | null }>
  /** There is something to settle: returns at once, the work follows. */
  poke(): void
  /** Resolves when the work under way is done. */
  idle(): Promise<void>
  close(): Promise<void>
}

export interface SettlerOptions {
  database: Database
  context: SettleContext
  log: Log
  /** Observations of one transaction. @defaultValue 200 */
  batchSize?: number
  onSettled?: (position: number | null) => void
  /** Milliseconds between looks when nobody pokes, for rows of other processes. @defaultValue 1000 */
  pollMs?: number
}

/**
 * Turns pending observations into verdicts. Batches are as large as what has gathered, so a burst
 * costs few statements; one poisoned row is set aside by itself and never holds up the others.
 */
export function createSettler(options: SettlerOptions): Settler {
  const { database, context, log, batchSize = 200, pollMs = 1000 } = options
  let isClosed = false
  let loop: Promise<void> | null = null
  let isPoked = false
  let timer: NodeJS.Timeout | undefined

  async function once(limit: number) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await settlePending(database, context, limit)
      } catch (error) {
        const isRepeatable = error instanceof Outrun || REPEATABLE.has(sqlState(error) ?? '')
        if (!isRepeatable || attempt === MAX_ATTEMPTS) throw error
      }
    }
  }

  async function run(budgetMs = Infinity) {
    const end = performance.now() + budgetMs
    let settled = 0
    let position: number | null = null
    while (!isClosed) {
      const batch = await settleOrIsolate()
      settled += batch.observations
      if (batch.position !== null) position = Math.max(position ?? 0, batch.position)
      if (batch.observations > 0) options.onSettled?.(batch.position)
      // A batch that is not full took all there was; whoever added more since has poked.
      if (batch.observations < batchSize) return { settled, hasMore: false, position }
      if (performance.now() >= end) return { settled, hasMore: true, position }
    }
    return { settled, hasMore: true, position }
  }

  async function settleOrIsolate() {
    try {
      return await once(batchSize)
    } catch (error) {
      if (!blamesData(error)) throw error
      log.error({ err: error }, 'a batch could not be settled; its rows go one by one')
      return settleOneByOne()
    }
  }

  /** Each row in a transaction of its own; the one at fault is marked and kept raw. */
  async function settleOneByOne() {
    const total = { observations: 0, position: null as number | null, customers: 0 }
    for (let count = 0; count < batchSize; count += 1) {
      try {
        const one = await once(1)
        if (one.observations === 0) break
        total.observations += 1
        if (one.position !== null) total.position = Math.max(total.position ?? 0, one.position)
      } catch (error) {
        if (!(error instanceof PoisonedRow)) throw error
        await setAside(error)
        total.observations += 1
      }
    }
    return total
  }

  async function setAside({ seq, observation, cause }: PoisonedRow): Promise<void> {
    const message = cause instanceof Error ? cause.message : String(cause)
    log.error({ observation, err: cause }, 'an observation could not be settled and is set aside')
    await markSettled(database, [{ seq, problem: setAsideProblem(message) }])
  }

  function poke(): void {
    isPoked = true
    if (loop !== null || isClosed) return
    clearTimeout(timer)
    loop = work().finally(() => {
      loop = null
      if (isClosed) return
      if (isPoked) poke()
      else schedule()
    })
  }

  async function work(): Promise<void> {
    isPoked = false
    try {
      await run()
    } catch (error) {
      log.warn({ err: error }, 'settling failed and is tried again')
      await new Promise((resolve) => setTimeout(resolve, 250).unref())
    }
  }

  function schedule(): void {
    timer = setTimeout(poke, pollMs)
    timer.unref()
  }

  return {
    run,
    poke,
    async idle() {
      while (loop !== null) await loop
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      while (loop !== null) await loop
    },
  }
}
