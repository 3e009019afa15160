import { ProvisoError, isProvisoError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { isConnectionError, sqlState } from '../../store/connection-errors.ts'
import type { Database, Queryable } from '../../store/database.ts'
import { swallowedError } from '../../store/open-transaction.ts'
import type { ChangeRow } from '../../store/statements/changes-feed.ts'
import {
  addConsumer,
  advanceConsumer,
  lockConsumer,
  readNextChange,
  tryLockConsumer,
  type LockedConsumer,
} from '../../store/statements/consumers.ts'
import {
  failDelivery,
  parkDelivery,
  promoteDelivery,
  readDueDelivery,
  readNextDue,
  removeDelivery,
} from '../../store/statements/deliveries.ts'
import type { ChangeHandler } from '../engine.ts'
import { toChange } from './change-row.ts'
import { isPermanentFailure } from './permanent-failure.ts'
import { runHandler } from './run-handler.ts'

export interface Consumer {
  name: string
  handler: ChangeHandler
  from: 'beginning' | 'now'
  maxAttempts: number
  /** Milliseconds before the nth retry. */
  backoffMs: (attempt: number) => number
  timeoutMs: number
}

export type Step =
  /** The handler took a change, and its transaction is committed. */
  | { kind: 'delivered' }
  /** The handler failed, and the change is put aside. */
  | { kind: 'failed' }
  /** An older change of the same customer waits, so this one waits behind it. */
  | { kind: 'parked' }
  /** Nothing to do before a later position, or the next retry. */
  | { kind: 'idle'; position: number; dueInMs: number | null }
  /** Another process works for this consumer. */
  | { kind: 'busy' }

/** A change in hand; `attempts` is null for one taken from the feed, or how often it failed before. */
interface Work {
  row: ChangeRow
  lock: LockedConsumer
  attempts: number | null
}

const MAX_ERROR_LENGTH = 2000

/**
 * One consumer, one change at a time. Cursor and the handler's writes share a transaction under the
 * lock of the consumer's row, so that in this database every change takes effect exactly once,
 * whichever process works and wherever it dies; outside of it, at least once.
 */
export function createDelivery(db: Database, consumer: Consumer, log: Log): () => Promise<Step> {
  const { name } = consumer
  let isAdded = false
  // Retries and new changes take turns, so that neither can starve the other.
  let retriesGoFirst = false

  async function step(): Promise<Step> {
    if (!isAdded) await addConsumer(db, { name, startsNow: consumer.from === 'now' })
    isAdded = true
    retriesGoFirst = !retriesGoFirst
    const taken: { work: Work | null; isHandlerToBlame: boolean } = {
      work: null,
      isHandlerToBlame: false,
    }
    try {
      return await db.transaction(async (tx) => {
        const lock = await tryLockConsumer(tx, { name, statementTimeoutMs: consumer.timeoutMs })
        if (lock === undefined) return { kind: 'busy' }
        const work = await nextWork(tx, lock)
        if (work === 'parked') return { kind: 'parked' }
        if (work === null) return idle(tx, lock)
        taken.work = work
        try {
          await runHandler(consumer.handler, toChange(work.row), tx, consumer.timeoutMs)
        } catch (error) {
          taken.isHandlerToBlame = true
          throw error
        }
        await finish(tx, work).catch(explain)
        return { kind: 'delivered' }
      })
    } catch (error) {
      if (taken.work === null) throw error
      // A connection lost around the commit says nothing about the handler: the cursor will tell.
      if (!taken.isHandlerToBlame && isLost(error)) throw error
      await putAside(taken.work, error)
      return { kind: 'failed' }
    }
  }

  async function nextWork(tx: Queryable, lock: LockedConsumer): Promise<Work | 'parked' | null> {
    const order = retriesGoFirst ? [nextRetry, nextNew] : [nextNew, nextRetry]
    for (const next of order) {
      const work = await next(tx, lock)
      if (work !== null) return work
    }
    return null
  }

  async function nextRetry(tx: Queryable, lock: LockedConsumer): Promise<Work | null> {
    const row = await readDueDelivery(tx, name)
    return row === undefined ? null : { row, lock, attempts: row.attempts }
  }

  async function nextNew(tx: Queryable, lock: LockedConsumer): Promise<Work | 'parked' | null> {
    const row = await readNextChange(tx, { name, position: lock.position })
    if (row === undefined) return null
    if (!row.is_behind) return { row, lock, attempts: null }
    await parkDelivery(tx, {
      consumer: name,
      position: row.position,
      attempts: 0,
      lastError: null,
      isDead: false,
      retrySeconds: 0,
    })
    await advanceConsumer(tx, name, { to: row.position, from: lock })
    return 'parked'
  }

  async function idle(tx: Queryable, lock: LockedConsumer): Promise<Step> {
    const dueInMs = await readNextDue(tx, name)
    return { kind: 'idle', position: Number(lock.position), dueInMs }
  }

  /**
   * Last in the transaction: it fails where a statement of the handler failed and was caught, and
   * it finds out a handler that ended the transaction on its own.
   */
  async function finish(tx: Queryable, { row, lock, attempts }: Work): Promise<void> {
    const isOurs =
      attempts === null
        ? await advanceConsumer(tx, name, { to: row.position, from: lock })
        : await removeDelivery(tx, {
            consumer: name,
            position: row.position,
            transaction: lock.transaction,
          })
    if (!isOurs) throw endedError(name)
    if (attempts !== null) await promoteDelivery(tx, name, row)
  }

  /** In a transaction of its own; a crash before it means one more try of the same change. */
  async function putAside({ row, lock, attempts }: Work, error: unknown): Promise<void> {
    const made = (attempts ?? 0) + 1
    const isDead = isPermanentFailure(error) || made >= consumer.maxAttempts
    const delivery = {
      consumer: name,
      position: row.position,
      lastError: messageOf(error),
      isDead,
      retrySeconds: isDead ? 0 : Math.max(0, consumer.backoffMs(made)) / 1000,
    }
    const isOurs = await db.transaction(async (tx) => {
      const current = await lockConsumer(tx, name)
      if (current === undefined) return false
      if (attempts === null) {
        // Another process took it in between, or the commit did happen.
        if (current.position !== lock.position) return false
        await parkDelivery(tx, { ...delivery, attempts: made })
        return advanceConsumer(tx, name, { to: row.position, from: current })
      }
      const isFailed = await failDelivery(tx, { ...delivery, attempts })
      if (isFailed && isDead) await promoteDelivery(tx, name, row)
      return isFailed
    })
    if (!isOurs) return
    const fields = { consumer: name, change: `chg_${row.position}`, attempts: made, err: error }
    if (isDead) log.error(fields, 'a change became a dead letter; the retry command puts it back')
    else log.warn(fields, 'a change could not be taken; it will be retried')
  }

  return step
}

/** What a transaction answers in which a statement failed before and the error was caught. */
function explain(error: unknown): never {
  throw sqlState(error) === '25P02' ? swallowedError() : error
}

function isLost(error: unknown): boolean {
  return (
    isConnectionError(error) || (isProvisoError(error) && error.code === 'database_unavailable')
  )
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  // PostgreSQL's text cannot hold NUL.
  return message.replaceAll('\u0000', '').slice(0, MAX_ERROR_LENGTH)
}

function endedError(name: string): ProvisoError {
  return new ProvisoError(
    'internal',
    `The handler of ${JSON.stringify(name)} ended the transaction it was handed: leave begin, commit and rollback to Proviso.`,
  )
}
