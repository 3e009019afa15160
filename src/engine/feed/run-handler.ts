import type { Queryable } from '../../store/database.ts'
import { openTransaction } from '../../store/open-transaction.ts'
import type { Change, ChangeHandler } from '../engine.ts'

/**
 * Runs a handler to its end or its timeout. A handler cannot be stopped, only left: from then on its
 * `tx` refuses every statement, so that it cannot write into whatever comes next on the connection.
 */
export async function runHandler(
  handler: ChangeHandler,
  change: Change,
  tx: Queryable,
  timeoutMs: number,
): Promise<void> {
  const handed = openTransaction((text, parameters) => tx.query(text, parameters))
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Before anyone else hears of it: no statement may slip in between.
      void handed.end()
      reject(new Error(`The handler did not finish within ${timeoutMs} ms.`))
    }, timeoutMs)
  })
  try {
    await Promise.race([handler(change, handed), timeout])
  } finally {
    clearTimeout(timer)
    void handed.end()
  }
  // Statements the handler did not wait for are part of what it did.
  await handed.end()
}
