import { resolve } from 'node:path'
import { z } from 'zod'
import type { Environment } from './environment.ts'
import type { ConfigProblem } from './problem.ts'

/** Where the data is: a server somebody runs, or one of our own in a folder. */
export type DatabaseTarget = { kind: 'url'; url: string } | { kind: 'embedded'; directory: string }

export interface DatabaseFlags {
  database?: string
  data?: string
  schema?: string
}

export interface DatabaseSettings {
  target: DatabaseTarget
  schema: string
  /** Folder for what `dev` keeps, also when the database is elsewhere. */
  dataDirectory: string
}

const urlSchema = z
  .string()
  .regex(/^(postgres(ql)?:\/\/|pglite:)/, 'must be a URL that begins with postgres:// or pglite:')
const schemaName = z
  .string()
  .regex(
    /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/,
    'takes lower-case letters, digits and underscores, not pg_…',
  )

export function readDatabaseSettings(
  flags: DatabaseFlags,
  environment: Environment,
  problems: ConfigProblem[],
): DatabaseSettings {
  const url = flags.database ?? environment.DATABASE_URL
  const schema = flags.schema ?? environment.PROVISO_SCHEMA ?? 'proviso'
  const dataDirectory = resolve(flags.data ?? environment.PROVISO_DATA ?? '.proviso')
  // The value is not repeated: a mistyped URL may still hold a password.
  check(urlSchema.optional(), url, flags.database === undefined ? 'DATABASE_URL' : '--database')
  check(schemaName, schema, '--schema')
  return {
    target:
      url === undefined ? { kind: 'embedded', directory: dataDirectory } : { kind: 'url', url },
    schema,
    dataDirectory,
  }

  function check(expected: z.ZodType, value: unknown, setting: string): void {
    const result = expected.safeParse(value)
    for (const issue of result.error?.issues ?? []) {
      problems.push({ setting, message: issue.message })
    }
  }
}
