import { vi } from 'vitest'
import type { Database } from '../../src/store/database.ts'

export interface GatedDatabase {
  database: Database
  /** Resolves when a transaction stands before the statement. */
  reached: Promise<void>
  open(): void
}

/**
 * A database whose first transaction stops before one of its statements until the gate is opened, so
 * that another session can run into everything it has locked by then.
 *
 * @param isStop asked of each statement of that transaction, with its number from 1.
 */
export function gated(
  database: Database,
  isStop: (text: string, count: number) => boolean,
): GatedDatabase {
  const arrival = promise()
  const gate = promise()
  let isFirst = true
  return {
    reached: arrival.promise,
    open: gate.resolve,
    database: {
      query: (text, parameters) => database.query(text, parameters),
      close: () => database.close(),
      transaction(run) {
        if (!isFirst) return database.transaction(run)
        isFirst = false
        let count = 0
        return database.transaction((tx) =>
          run({
            async query(text, parameters) {
              count += 1
              if (isStop(text, count)) {
                arrival.resolve()
                await gate.promise
              }
              return tx.query(text, parameters)
            },
          }),
        )
      },
    },
  }
}

function promise(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  return { promise: new Promise<void>((done) => (resolve = done)), resolve: () => resolve() }
}

/** Resolves when the work is done or a session of the database waits for another's lock. */
export async function doneOrWaiting(database: Database, work: Promise<unknown>): Promise<void> {
  let isDone = false
  void work.then(
    () => (isDone = true),
    () => (isDone = true),
  )
  await vi.waitFor(
    async () => {
      if (isDone) return
      const { rowCount } = await database.query(
        `select 1 from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      )
      if (rowCount === 0) throw new Error('The work is neither done nor waiting for a lock.')
    },
    { timeout: 20_000, interval: 5 },
  )
}
