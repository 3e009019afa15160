import { ProvisoError } from '../errors.ts'

/** One file of sql/, forward only. */
export interface Migration {
  number: number
  name: string
  /** Code that does not know it must not run on it. */
  isBreaking: boolean
  sql: string
}

/** Reads `000001_initial.sql`; a line `--! breaking` before the first statement marks it so. */
export function parseMigration(file: string, sql: string): Migration {
  const match = /^(\d{6})_([a-z0-9_]+)\.sql$/.exec(file)
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new ProvisoError(
      'migration_failed',
      `sql/${file} is not named like 000002_add_column.sql: six digits, underscore, lower-case words.`,
    )
  }
  const header = /^(?:\s*(?:--[^\n]*)?\n)*/.exec(sql)?.[0] ?? ''
  return {
    number: Number(match[1]),
    name: match[2],
    isBreaking: /^\s*--! breaking\s*$/m.test(header),
    sql,
  }
}
