import { ProvisoError } from '../errors.ts'
import type { Queryable } from './database.ts'

/** The statements of one transaction, and the means to close the door behind the last of them. */
export interface OpenTransaction extends Queryable {
  /** Refuses further statements; resolves when those under way are done. */
  end(): Promise<void>
}

const ignore = (): void => undefined

/** One statement after the other on the one connection, and none once the transaction is over. */
export function openTransaction(send: Queryable['query']): OpenTransaction {
  let isOpen = true
  let last: Promise<unknown> = Promise.resolve()
  return {
    query<Row>(text: string, parameters?: readonly unknown[]) {
      if (!isOpen) return Promise.reject(overError())
      const next = last.then(() => send<Row>(text, parameters))
      last = next.catch(ignore)
      return next
    },
    async end() {
      isOpen = false
      await last
    },
  }
}

function overError(): ProvisoError {
  return new ProvisoError(
    'internal',
    'The transaction is over: await every statement before its function resolves.',
  )
}

/** PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and without an error. */
export function swallowedError(): ProvisoError {
  return new ProvisoError(
    'internal',
    'The transaction was rolled back, though its function resolved: a statement in it had failed and the error was caught. Let it through, or use a savepoint.',
  )
}
