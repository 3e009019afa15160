import type { Database, Queryable } from '../store/database.ts'
import { countRecentLosses, readPosition } from '../store/statements/changes.ts'
import { countCustomers, wakeHeld } from '../store/statements/customers.ts'
import { readSetting, writeSetting } from '../store/statements/settings.ts'
import type { Log } from '../log.ts'
import { dropHold, readHold, writeHold } from './hold-setting.ts'
import type { Verdict } from './settle/verdict.ts'

export interface BreakerOptions {
  /** Share of all customers that may lose access by clock or catalog within the window. @defaultValue 0.2 */
  share?: number
  /** Never trips below this many. @defaultValue 20 */
  minimum?: number
  /** Seconds. @defaultValue 600 */
  window?: number
}

/** Seconds until verdicts a tripped breaker holds back are looked at again. */
const RETRY = 300

/**
 * When more customers than a set share would lose access within minutes by the clock or a new
 * catalog, something is wrong with us rather than with them: nothing is taken away until a person
 * has looked. What Stripe's events say of one customer always counts at once.
 */
export function createBreaker(
  database: Database,
  now: () => Promise<number>,
  log: Log,
  options: BreakerOptions = {},
) {
  const { share = 0.2, minimum = 20, window = 600 } = options

  return {
    /** The verdicts that may be written: all of them, or those that take nothing away. */
    async admit(tx: Queryable, verdicts: Verdict[]): Promise<Verdict[]> {
      const losses = verdicts.filter(({ isLoss }) => isLoss)
      if (losses.length === 0) return verdicts
      const hold = await readHold(tx)
      if (hold?.cause !== 'breaker' && !(await isTripped(tx, losses.length))) return verdicts
      if (hold?.cause !== 'breaker') await trip(tx, losses)
      return verdicts.map((verdict) =>
        verdict.isLoss
          ? { ...verdict, changes: [], heldBackUntil: verdict.decision.at + RETRY }
          : verdict,
      )
    },

    /** A person has looked: what was held back is decided now, and only later losses count again. */
    async release(): Promise<boolean> {
      const hold = await readHold(database)
      if (hold?.cause !== 'breaker') return false
      const at = await now()
      await writeSetting(database, 'breaker_released', await readPosition(database))
      await writeSetting(database, 'breaker_grace_until', at + window)
      await dropHold(database)
      // Verdicts held back are due again within this time.
      await wakeHeld(database, at, at + RETRY)
      return true
    },
  }

  async function isTripped(tx: Queryable, losing: number): Promise<boolean> {
    const graceUntil = await readSetting(tx, 'breaker_grace_until')
    if (typeof graceUntil === 'number' && (await now()) < graceUntil) return false
    const released = await readSetting(tx, 'breaker_released')
    const after = typeof released === 'number' ? released : 0
    const recent = (await countRecentLosses(tx, window, after)) + losing
    return recent >= minimum && recent > share * (await countCustomers(tx))
  }

  async function trip(tx: Queryable, losses: readonly Verdict[]): Promise<void> {
    const at = await now()
    log.error(
      { customers: losses.length },
      'the breaker is open: too many customers would lose access at once by clock or catalog; `proviso release` lets it happen',
    )
    // Wakes come late where a cron makes them: what ended an hour ago is held as well.
    const from = Math.min(at - window, ...losses.flatMap(lostSince))
    await writeHold(tx, { cause: 'breaker', from, until: null })
  }
}

/** Seconds at which the clock ended what a verdict would take away. */
function lostSince({ changes }: Verdict): number[] {
  return changes.flatMap(({ before, after }) =>
    before.allowed && !after.allowed && before.until !== null ? before.until : [],
  )
}

export type Breaker = ReturnType<typeof createBreaker>
