import type { LedgerKey } from '../../store/statements/usage-ledgers.ts'
import { foldLedgers } from './fold-usage.ts'
import { ledgerKey, type StandingSource } from './load-standings.ts'
import type { UntilCommitted } from './until-committed.ts'

export interface Retelling {
  /** Ledgers whose alerts somebody else's lock kept back: they are told a moment later. */
  later(untold: readonly LedgerKey[]): void
  close(): Promise<void>
}

export interface RetellingOptions {
  source: StandingSource
  untilCommitted: UntilCommitted
  announce: (position: number | null) => void
  /** Milliseconds before the first attempt. @defaultValue 500 */
  firstMs?: number
}

const LAST_MS = 30_000
/** What fails this often in a row is left to the next use. */
const MOST_FAILURES = 20

/**
 * Tells what a use could not, without waiting for the next one. It is kept in memory only: after a crash
 * the next use tells, since ledgers remember what was told.
 */
export function createRetelling(options: RetellingOptions): Retelling {
  const { source, untilCommitted, announce, firstMs = 500 } = options
  const open = new Map<string, LedgerKey>()
  let waitMs = firstMs
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isClosed = false

  function schedule(): void {
    if (isClosed || timer !== undefined || open.size === 0) return
    timer = setTimeout(() => {
      running = run()
    }, waitMs)
    // It keeps no process alive that has nothing else to do.
    timer.unref()
  }

  async function run(): Promise<void> {
    const keys = [...open.values()]
    open.clear()
    let left: readonly LedgerKey[] = keys
    try {
      const told = await untilCommitted((tx, acquainted) =>
        foldLedgers(tx, source, keys, acquainted),
      )
      announce(told.position)
      left = told.untold
      failures = 0
    } catch {
      failures += 1
      if (failures >= MOST_FAILURES) left = []
    }
    for (const key of left) open.set(ledgerKey(key), key)
    waitMs = open.size === 0 ? firstMs : Math.min(waitMs * 2, LAST_MS)
    timer = undefined
    schedule()
  }

  return {
    later(untold) {
      for (const key of untold) open.set(ledgerKey(key), key)
      schedule()
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  }
}
