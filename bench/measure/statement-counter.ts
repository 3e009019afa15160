import pg from 'pg'

/**
 * Counts what goes to the server through `pg`, in this process, whichever pool or client sends it;
 * BEGIN and COMMIT are statements as any other.
 */
export function countStatements(): () => number {
  let count = 0
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown }
  const query = prototype.query
  prototype.query = function (this: pg.Client, ...args: unknown[]) {
    count += 1
    return query.apply(this, args)
  }
  return () => count
}
