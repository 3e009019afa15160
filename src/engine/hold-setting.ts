import { HOUR } from '../core/calendar.ts'
import type { Hold } from '../core/hold.ts'
import type { Queryable } from '../store/database.ts'
import {
  deleteSetting,
  readSetting,
  readSettings,
  writeSetting,
} from '../store/statements/settings.ts'

/** The one hold in force for everyone, kept in the database so that all processes and rebuilds agree. */
export async function readHold(db: Queryable): Promise<Hold | null> {
  return asHold(await readSetting(db, 'hold'))
}

export interface HoldReaderOptions {
  /** Seconds without a heartbeat after which we count as having been deaf. */
  outageAfter: number
  /** Policy `outageHoldHours`. */
  holdHours: number
}

export type HoldReader = (db: Queryable, at: number) => Promise<Hold | null>

/**
 * The hold to decide under. When the last heartbeat is old and no hold is written yet, somebody asks
 * before the service has noticed that it was away: the same hold as it will write then.
 */
export function createHoldReader({ outageAfter, holdHours }: HoldReaderOptions): HoldReader {
  return async (db, at) => {
    const settings = await readSettings(db, ['hold', 'heartbeat'])
    const hold = asHold(settings.get('hold'))
    if (hold !== null && (hold.until === null || at < hold.until)) return hold
    const last = settings.get('heartbeat')
    if (!isStale(last, at, outageAfter)) return hold
    return { cause: 'outage', from: last, until: at + holdHours * HOUR }
  }
}

/** Whether the last heartbeat is so old that nobody listened in between. */
export function isStale(last: unknown, at: number, outageAfter: number): last is number {
  return typeof last === 'number' && at - last > outageAfter
}

export async function writeHold(db: Queryable, hold: Hold): Promise<void> {
  await writeSetting(db, 'hold', hold)
}

export async function dropHold(db: Queryable): Promise<boolean> {
  return (await deleteSetting(db, 'hold')) > 0
}

export function asHold(value: unknown): Hold | null {
  if (typeof value !== 'object' || value === null) return null
  const { cause, from, until } = value as Record<string, unknown>
  if (cause !== 'outage' && cause !== 'breaker') return null
  return {
    cause,
    from: typeof from === 'number' ? from : 0,
    until: typeof until === 'number' ? until : null,
  }
}
