import { ProvisoError } from '../errors.ts'
import type { Database, Queryable } from './database.ts'

/** The schema every SQL text in this package is written for. */
export const DEFAULT_SCHEMA = 'proviso'

const MEMO_LIMIT = 1_000

/** Checks a schema name from a user; answers it as it may stand in SQL. */
export function quoteSchema(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name) || name.startsWith('pg_')) {
    throw new ProvisoError(
      'config_invalid',
      `The schema name ${JSON.stringify(name)} is not usable: take up to 63 lower-case letters, digits and underscores, not starting with a digit or "pg_".`,
    )
  }
  return `"${name}"`
}

/**
 * Puts every statement into another schema. SQL texts name ours as `proviso.table`, or as
 * `"proviso"` where it stands alone; both are rewritten, so a string literal in a statement must
 * not contain them for another purpose (values travel as parameters, where nothing is rewritten).
 */
export function withSchema(database: Database, schema: string): Database {
  const quoted = quoteSchema(schema)
  if (schema === DEFAULT_SCHEMA) return database
  // Our statements are constants; those of a handler in our transaction need not be.
  const memo = new Map<string, string>()
  const rewrite = (text: string): string => {
    let rewritten = memo.get(text)
    if (rewritten === undefined) {
      rewritten = text.replace(/"proviso"|\bproviso(?=\.)/g, quoted)
      if (memo.size >= MEMO_LIMIT) memo.clear()
      memo.set(text, rewritten)
    }
    return rewritten
  }
  const rewriting = (inner: Queryable): Queryable => ({
    query: (text, parameters) => inner.query(rewrite(text), parameters),
  })
  return {
    ...rewriting(database),
    transaction: (run) => database.transaction((tx) => run(rewriting(tx))),
    close: () => database.close(),
  }
}
