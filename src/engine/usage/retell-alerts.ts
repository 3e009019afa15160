import { compareText } from '../../core/canonical.ts'
import type { Database, Queryable } from '../../store/database.ts'
import { lockLedgers, type LedgerKey } from '../../store/statements/usage-ledgers.ts'
import { writeChanged } from './apply-batch.ts'
import { acquaintance, ledgerKey, loadStandings, type StandingSource } from './load-standings.ts'
import { currentMemory } from './usage-alerts.ts'

export interface Retelling {
  /** Ledgers whose alerts somebody else's lock kept back: they are told a moment later. */
  later(untold: readonly LedgerKey[]): void
  close(): Promise<void>
}

export interface RetellingOptions {
  database: Database
  source: StandingSource
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
  const { database, source, announce, firstMs = 500 } = options
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
    const keys = [...open].sort(([a], [b]) => compareText(a, b)).map(([, key]) => key)
    open.clear()
    let left: readonly LedgerKey[] = keys
    try {
      const told = await database.transaction((tx) => tell(tx, source, keys))
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

/** As a use does it, with nothing used: its ledgers are locked, brought in line and judged. */
async function tell(tx: Queryable, source: StandingSource, keys: readonly LedgerKey[]) {
  await lockLedgers(tx, keys)
  const acquainted = acquaintance()
  const first = await loadStandings(tx, source, keys, acquainted)
  const { due, standings } = first.isNews
    ? await loadStandings(tx, source, keys, acquainted)
    : first
  // Their verdicts are made anew first, by whoever is at it; a moment later they are judged.
  if (due.length > 0) return { position: null, untold: keys }
  return writeChanged(
    tx,
    [...standings.values()].map((standing) => ({ standing, memory: currentMemory(standing) })),
  )
}
