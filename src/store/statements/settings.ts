import type { Queryable } from '../database.ts'
import { jsonText } from '../json-text.ts'

export const READ_SETTING = `select value from proviso.settings where name = $1::text`

export async function readSetting(db: Queryable, name: string): Promise<unknown> {
  return (await db.query<{ value: unknown }>(READ_SETTING, [name])).rows[0]?.value ?? null
}

export const WRITE_SETTING = `
  insert into proviso.settings (name, value) values ($1::text, $2::jsonb)
  on conflict on constraint settings_pkey do update set value = excluded.value`

export async function writeSetting(db: Queryable, name: string, value: unknown): Promise<void> {
  await db.query(WRITE_SETTING, [name, jsonText(value)])
}

export const DELETE_SETTING = `delete from proviso.settings where name = $1::text`

export async function deleteSetting(db: Queryable, name: string): Promise<number> {
  return (await db.query(DELETE_SETTING, [name])).rowCount
}
