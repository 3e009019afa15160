import type { Queryable } from '../database.ts'

export interface DurabilitySettings {
  fsync: string
  synchronous_commit: string
  version: string
}

export const DURABILITY_SETTINGS = `
  select
    current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as synchronous_commit,
    version() as version`

export async function readDurabilitySettings(db: Queryable): Promise<DurabilitySettings> {
  const { rows } = await db.query<DurabilitySettings>(DURABILITY_SETTINGS, [])
  if (rows[0] === undefined) throw new Error('The database did not answer for its settings.')
  return rows[0]
}
