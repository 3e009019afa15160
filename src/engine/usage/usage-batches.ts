import { ProvisoError, isProvisoError } from '../../errors.ts'
import { isConnectionError, sqlState } from '../../store/connection-errors.ts'

export type Outcome<Answer> = { ok: true; answer: Answer } | { ok: false; error: unknown }

export interface UsageBatchesOptions<Operation, Answer> {
  /** One transaction; throws when none of it was committed, or nobody knows. */
  apply(operations: readonly Operation[]): Promise<Outcome<Answer>[]>
  /** Operations of one transaction at most. @defaultValue 500 */
  maxOperations?: number
  /** Operations that may wait; more are refused, and the caller tries again. @defaultValue 50000 */
  maxWaiting?: number
}

export interface UsageBatches<Operation, Answer> {
  /** Resolves after the commit. */
  submit(operation: Operation): Promise<Answer>
  /** Takes nothing more, and resolves when everything submitted before has an answer. */
  close(): Promise<void>
}

interface Waiting<Operation, Answer> {
  operation: Operation
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** The classes of SQLSTATE that blame the data: invalid, against a constraint, beyond a limit. */
const BLAMES_AN_OPERATION = /^(22|23|54)/

/**
 * Group commit without a timer: while one transaction is with the database, operations wait; the next
 * one takes all of them. So a customer whom many operations concern costs one lock per transaction.
 */
export function createUsageBatches<Operation, Answer>(
  options: UsageBatchesOptions<Operation, Answer>,
): UsageBatches<Operation, Answer> {
  const { apply, maxOperations = 500, maxWaiting = 50_000 } = options
  let queue: Waiting<Operation, Answer>[] = []
  let draining: Promise<void> | null = null
  let isClosed = false

  async function drain(): Promise<void> {
    for (;;) {
      // Lets the other requests of this turn of the event loop join, and those who have just been answered.
      await new Promise((resolve) => setImmediate(resolve))
      if (queue.length === 0) break
      const batch = queue.slice(0, maxOperations)
      queue = queue.slice(maxOperations)
      await commit(batch)
    }
    draining = null
  }

  /** Never throws: every member of the batch gets its own answer. */
  async function commit(batch: readonly Waiting<Operation, Answer>[]): Promise<void> {
    try {
      const outcomes = await apply(batch.map(({ operation }) => operation))
      batch.forEach((one, index) => {
        const outcome = outcomes[index]
        if (outcome?.ok === true) one.resolve(outcome.answer)
        else one.reject(outcome?.error ?? new Error('The operation has no outcome.'))
      })
    } catch (error) {
      if (batch.length > 1 && mayBlameOne(error)) {
        const half = batch.length >> 1
        await commit(batch.slice(0, half))
        await commit(batch.slice(half))
        return
      }
      for (const one of batch) one.reject(error)
    }
  }

  return {
    submit(operation) {
      if (isClosed) return Promise.reject(closedError())
      if (queue.length >= maxWaiting) return Promise.reject(fullError(queue.length))
      return new Promise((resolve, reject) => {
        queue.push({ operation, resolve, reject })
        draining ??= drain()
      })
    },
    async close() {
      isClosed = true
      while (draining !== null) await draining
    },
  }
}

/** Also what is thrown before anything is sent. */
function mayBlameOne(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return BLAMES_AN_OPERATION.test(state)
  return !isProvisoError(error) && !isConnectionError(error)
}

function closedError(): ProvisoError {
  return new ProvisoError('shutting_down', 'Usage is taken no more: send it again.', {
    isRetryable: true,
  })
}

function fullError(waiting: number): ProvisoError {
  return new ProvisoError(
    'database_unavailable',
    `${waiting} uses wait for the database already: send it again under the same id.`,
    { details: { waiting }, isRetryable: true },
  )
}
