import type { Hold } from '../core/hold.ts'
import type { Queryable } from '../store/database.ts'
import { deleteSetting, readSetting, writeSetting } from '../store/statements/settings.ts'

/** The one hold in force for everyone, kept in the database so that all processes and rebuilds agree. */
export async function readHold(db: Queryable): Promise<Hold | null> {
  return asHold(await readSetting(db, 'hold'))
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
