import { HOUR } from '../core/calendar.ts'
import type { Hold } from '../core/hold.ts'
import type { Database } from '../store/database.ts'
import { wakeHeld } from '../store/statements/customers.ts'
import { readSetting, writeSetting } from '../store/statements/settings.ts'
import { dropHold, isStale, readHold, writeHold, type OutageOptions } from './hold-setting.ts'

export interface HeartbeatOptions extends OutageOptions {
  database: Database
  now: () => Promise<number>
}

/** A time in which nobody listened. */
export interface Silence {
  /** Unix seconds of the last that was heard of us. */
  from: number
  /** false: noticed before, and not known to be covered yet. */
  isNew: boolean
}

/**
 * Notices that nobody was listening for a while: then losses by the clock alone wait, since the
 * renewal that would have prevented them may still be on its way (design, "Wake times").
 */
export function createHeartbeat({ database, now, outageAfter, holdHours }: HeartbeatOptions) {
  return {
    /**
     * Called before anything else at start and every few seconds from then on: a process that was
     * suspended, or cut off from its database, was deaf too.
     */
    async beat(): Promise<Silence | null> {
      const at = await now()
      const last = await readSetting(database, 'heartbeat')
      const hold = await this.current(at)
      const wasDeaf = isStale(last, at, outageAfter)
      if (wasDeaf && hold?.cause !== 'breaker') {
        const from = hold === null ? last : Math.min(last, hold.from)
        await writeHold(database, { cause: 'outage', from, until: at + holdHours * HOUR })
      }
      // Last: until the hold is written, the old heartbeat itself holds (see `holdAt`).
      await writeSetting(database, 'heartbeat', at)
      if (wasDeaf) return { from: last, isNew: true }
      return hold?.cause === 'outage' ? { from: hold.from, isNew: false } : null
    },

    /** The hold in force; one whose time is up ends here, and must not lend its start to the next. */
    async current(at: number): Promise<Hold | null> {
      const hold = await readHold(database)
      if (hold === null || hold.until === null || hold.until > at) return hold
      await this.end(hold)
      return null
    },

    /** The gap is covered, or the time is up: what was held is decided anew. */
    async end(hold: Hold): Promise<void> {
      const current = await readHold(database)
      if (current === null || current.cause !== hold.cause) return
      await dropHold(database)
      const at = await now()
      await wakeHeld(database, at, at)
    },
  }
}

export type Heartbeat = ReturnType<typeof createHeartbeat>
