import { isProvisoError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { readHealthRow } from '../store/statements/health.ts'
import type { Health } from './engine.ts'
import { asHold } from './hold-setting.ts'

/** One statement; a database out of reach is an answer, not an error. */
export async function readHealth(database: Database): Promise<Health> {
  try {
    const row = await readHealthRow(database)
    return {
      isReady: row !== undefined,
      database: 'up',
      pending: Number(row?.pending ?? 0),
      lagSeconds: Math.round((row?.lag_seconds ?? 0) * 1000) / 1000,
      openNeeds: Number(row?.open_needs ?? 0),
      deadLetters: Number(row?.dead_letters ?? 0),
      alerts: Number(row?.alerts ?? 0),
      hold: asHold(row?.hold),
      position: Number(row?.position ?? 0),
    }
  } catch (error) {
    if (!isProvisoError(error) || error.code !== 'database_unavailable') throw error
    return {
      isReady: false,
      database: 'down',
      pending: 0,
      lagSeconds: 0,
      openNeeds: 0,
      deadLetters: 0,
      alerts: 0,
      hold: null,
      position: 0,
    }
  }
}
