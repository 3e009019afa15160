import type { Queryable } from '../database.ts'
import { jsonText } from '../json-text.ts'

export const READ_SETTING = `select value from proviso.settings where name = $1::text`

export async function readSetting(db: Queryable, name: string): Promise<unknown> {
  return (await db.query<{ value: unknown }>(READ_SETTING, [name])).rows[0]?.value ?? null
}

export const READ_SETTINGS = `select name, value from proviso.settings where name = any ($1::text[])`

/** Several at once, by name; those not set are absent. */
export async function readSettings(
  db: Queryable,
  names: readonly string[],
): Promise<Map<string, unknown>> {
  const { rows } = await db.query<{ name: string; value: unknown }>(READ_SETTINGS, [names])
  return new Map(rows.map(({ name, value }) => [name, value]))
}

export const WRITE_SETTING = `
  insert into proviso.settings (name, value) values ($1::text, $2::jsonb)
  on conflict on constraint settings_pkey do update set value = excluded.value`

export async function writeSetting(db: Queryable, name: string, value: unknown): Promise<void> {
  await db.query(WRITE_SETTING, [name, jsonText(value)])
}

export const NOTICE_HOLD = `
  insert into proviso.settings as s (name, value)
  select 'hold', $1::jsonb
  from proviso.settings h where h.name = 'heartbeat' and h.value = $2::jsonb
  on conflict on constraint settings_pkey do update set value = excluded.value
    where (s.value ->> 'until')::float8 <= $3::float8`

/**
 * Writes a hold for the silence since this heartbeat, unless a hold is in force at that second or
 * somebody has been heard meanwhile.
 */
export async function noticeHold(
  tx: Queryable,
  hold: object,
  heartbeat: unknown,
  at: number,
): Promise<void> {
  await tx.query(NOTICE_HOLD, [jsonText(hold), jsonText(heartbeat), at])
}

export const DELETE_SETTING = `delete from proviso.settings where name = $1::text`

export async function deleteSetting(db: Queryable, name: string): Promise<number> {
  return (await db.query(DELETE_SETTING, [name])).rowCount
}
