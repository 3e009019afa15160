import { HOUR } from '../core/calendar.ts'
import type { Hold } from '../core/hold.ts'
import type { Queryable } from '../store/database.ts'
import {
  deleteSetting,
  noticeHold,
  readSetting,
  readSettings,
  writeSetting,
} from '../store/statements/settings.ts'

/** The one hold in force for everyone, kept in the database so that all processes and rebuilds agree. */
export async function readHold(db: Queryable): Promise<Hold | null> {
  return asHold(await readSetting(db, 'hold'))
}

export interface OutageOptions {
  /** Seconds without a heartbeat after which we count as having been deaf. */
  outageAfter: number
  /** Policy `outageHoldHours`. */
  holdHours: number
}

export type HoldReader = (db: Queryable, at: number) => Promise<Hold | null>

/** The hold to decide under, for an answer that writes nothing. */
export function createHoldReader(outage: OutageOptions): HoldReader {
  return async (db, at) => {
    const settings = await readSettings(db, ['hold', 'heartbeat'])
    return holdAt(settings.get('hold'), settings.get('heartbeat'), at, outage)
  }
}

/**
 * The hold to decide under where verdicts are written: whoever is the first to see the silence writes
 * its hold with them. So one silence is held once, also where nobody comes to write a heartbeat.
 */
export function createHoldNoticer(outage: OutageOptions): HoldReader {
  return async (tx, at) => {
    const settings = await readSettings(tx, ['hold', 'heartbeat'])
    const heartbeat = settings.get('heartbeat')
    const written = asHold(settings.get('hold'))
    const hold = holdAt(written, heartbeat, at, outage)
    if (hold !== null && hold.until !== written?.until) await noticeHold(tx, hold, heartbeat, at)
    return hold
  }
}

/**
 * The hold that is written; or, when the last heartbeat is old and somebody asks before the service
 * has noticed that it was away, the hold it will write then.
 */
export function holdAt(
  written: unknown,
  heartbeat: unknown,
  at: number,
  { outageAfter, holdHours }: OutageOptions,
): Hold | null {
  const hold = asHold(written)
  if (hold !== null && (hold.until === null || at < hold.until)) return hold
  if (!isStale(heartbeat, at, outageAfter)) return hold
  // This silence has had its hold, and its time is up: nobody is held for ever.
  if (hold !== null && hold.from >= heartbeat) return hold
  return { cause: 'outage', from: heartbeat, until: at + holdHours * HOUR }
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
