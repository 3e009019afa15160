import { HOUR } from '../core/calendar.ts'
import type { Hold } from '../core/hold.ts'
import type { Database } from '../store/database.ts'
import { wakeHeld } from '../store/statements/customers.ts'
import { readSetting, writeSetting } from '../store/statements/settings.ts'
import { dropHold, readHold, writeHold } from './hold-setting.ts'

export interface HeartbeatOptions {
  database: Database
  now: () => Promise<number>
  /** Seconds without a heartbeat after which we count as having been deaf. */
  outageAfter: number
  /** Policy `outageHoldHours`. */
  holdHours: number
}

/**
 * Notices that nobody was listening for a while: then losses by the clock alone wait, since the
 * renewal that would have prevented them may still be on its way (design, "Wake times").
 */
export function createHeartbeat({ database, now, outageAfter, holdHours }: HeartbeatOptions) {
  return {
    /** Called once at start, before any wake; answers since when we were deaf, or null. */
    async begin(): Promise<number | null> {
      const at = await now()
      const last = await readSetting(database, 'heartbeat')
      await writeSetting(database, 'heartbeat', at)
      const hold = await this.current(at)
      if (typeof last !== 'number' || at - last <= outageAfter) return null
      if (hold?.cause === 'breaker') return last
      const from = hold === null ? last : Math.min(last, hold.from)
      await writeHold(database, { cause: 'outage', from, until: at + holdHours * HOUR })
      return last
    },

    async beat(): Promise<void> {
      const at = await now()
      await writeSetting(database, 'heartbeat', at)
      await this.current(at)
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
