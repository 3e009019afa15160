import { ProvisoError, isProvisoError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { isConnectionError, sqlState } from '../store/connection-errors.ts'
import {
  insertObservations,
  type NewObservation,
  type ObservationIdentity,
} from '../store/statements/observations.ts'
import { hashBody } from './body-hash.ts'
import type { IncomingEvent, IngestResult } from './engine.ts'

export interface IntakeOptions {
  /** Rows of one statement at most. @defaultValue 500 */
  maxRows?: number
  /** Bytes of bodies of one statement at most; a larger body goes alone. @defaultValue 8388608 */
  maxBytes?: number
  /** Bytes of bodies that may wait; more is refused, and the sender tries again. @defaultValue 67108864 */
  maxWaitingBytes?: number
  /** Called after a commit that added rows: there is something to settle. */
  onInserted?: (rows: number) => void
}

export interface IntakeStats {
  submitted: number
  inserted: number
  duplicates: number
  failed: number
  statements: number
  /** Rows of the largest statement. */
  largestBatch: number
  /** Submitted, not committed yet. */
  waiting: number
}

export type Submission = IncomingEvent & { kind?: NewObservation['kind'] }

export interface Intake {
  /** Resolves after the commit; rejects when the body could not be made durable. */
  submit(event: Submission): Promise<IngestResult>
  /** Resolves when everything submitted before has an answer, whichever. */
  flush(): Promise<void>
  /** Takes nothing more, and resolves when the last statement is done. */
  close(): Promise<void>
  readonly stats: Readonly<IntakeStats>
}

interface Waiting {
  row: NewObservation
  key: string
  resolve(result: IngestResult): void
  reject(error: unknown): void
}

/** Deadlock and serialization failure: the database chose one of two statements to repeat. */
const REPEATABLE = new Set(['40P01', '40001'])
const MAX_ATTEMPTS = 5
/** The classes of SQLSTATE that blame the data: invalid, against a constraint, beyond a limit. */
const BLAMES_A_ROW = /^(22|23|54)/

/**
 * Group commit without a timer: while one statement is with the database, submissions wait; the next
 * statement takes all of them. A lone submission goes at once, as one plain statement.
 */
export function createIntake(database: Database, options: IntakeOptions = {}): Intake {
  const { maxRows = 500, maxBytes = 8 << 20, maxWaitingBytes = 64 << 20 } = options
  const stats: IntakeStats = {
    submitted: 0,
    inserted: 0,
    duplicates: 0,
    failed: 0,
    statements: 0,
    largestBatch: 0,
    waiting: 0,
  }
  let queue: Waiting[] = []
  let waitingBytes = 0
  let draining: Promise<void> | null = null
  let isClosed = false

  function submit(event: Submission): Promise<IngestResult> {
    if (isClosed) return Promise.reject(closedError())
    if (waitingBytes > 0 && waitingBytes + event.body.length > maxWaitingBytes) {
      return Promise.reject(fullError(waitingBytes))
    }
    return new Promise((resolve, reject) => {
      const row = toRow(event)
      queue.push({ row, key: keyOf(row), resolve, reject })
      stats.submitted += 1
      stats.waiting += 1
      waitingBytes += row.body.length
      draining ??= drain()
    })
  }

  async function drain(): Promise<void> {
    // Lets the other requests of this turn of the event loop join: they are parsed one by one.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) await commit(takeBatch())
    draining = null
  }

  function takeBatch(): Waiting[] {
    let bytes = 0
    let length = 0
    for (const { row } of queue) {
      bytes += row.body.length
      if (length === maxRows || (length > 0 && bytes > maxBytes)) break
      length += 1
    }
    const batch = queue.slice(0, length)
    queue = queue.slice(length)
    return batch
  }

  /** Never throws: every member of the batch gets its own answer. */
  async function commit(batch: Waiting[]): Promise<void> {
    const rows = rowsOf(batch)
    try {
      const inserted = await insert(rows)
      const isNew = new Set(inserted.map(keyOf))
      for (const one of batch) {
        // The first submission of a key takes the credit; its copies in the batch are duplicates.
        settle(one, () => one.resolve({ isNew: isNew.delete(one.key) }))
      }
      stats.inserted += inserted.length
      stats.duplicates += batch.length - inserted.length
      // Apart, so that whatever it throws is not taken for a failure of the statement.
      if (inserted.length > 0) queueMicrotask(() => options.onInserted?.(inserted.length))
    } catch (error) {
      if (rows.length > 1 && mayBlameOneRow(error)) {
        const [first, second] = halve(batch, rows)
        await commit(first)
        await commit(second)
        return
      }
      stats.failed += batch.length
      for (const one of batch) settle(one, () => one.reject(error))
    }
  }

  async function insert(rows: NewObservation[]): Promise<ObservationIdentity[]> {
    stats.largestBatch = Math.max(stats.largestBatch, rows.length)
    for (let attempt = 1; ; attempt += 1) {
      stats.statements += 1
      try {
        return await insertObservations(database, rows)
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !REPEATABLE.has(sqlState(error) ?? '')) throw error
      }
    }
  }

  function settle(one: Waiting, answer: () => void): void {
    stats.waiting -= 1
    waitingBytes -= one.row.body.length
    answer()
  }

  async function flush(): Promise<void> {
    while (draining !== null) await draining
  }

  return {
    submit,
    flush,
    async close() {
      isClosed = true
      await flush()
    },
    stats,
  }
}

function toRow(event: Submission): NewObservation {
  const { account, livemode, id, type, created, body } = event
  const hash = hashBody(body)
  return { account, livemode, id, hash, kind: event.kind ?? 'event', type, created, body }
}

function keyOf(row: ObservationIdentity): string {
  const { buffer, byteOffset, byteLength } = row.hash
  const hash = Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
  return `${hash}${row.livemode ? 'l' : 't'}${row.account}\n${row.id}`
}

/** One row per key, in one order for all processes, so that their locks do not cross. */
function rowsOf(batch: Waiting[]): NewObservation[] {
  const entries = [...new Map(batch.map(({ key, row }) => [key, row]))]
  entries.sort(([aKey, a], [bKey, b]) => compare(a.id, b.id) || compare(aKey, bKey))
  return entries.map(([, row]) => row)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Copies of a row stay together, so that they share its answer. */
function halve(batch: Waiting[], rows: NewObservation[]): [Waiting[], Waiting[]] {
  const keys = new Set(rows.slice(0, rows.length >> 1).map(keyOf))
  return [batch.filter(({ key }) => keys.has(key)), batch.filter(({ key }) => !keys.has(key))]
}

/** Also what a driver throws before it sends anything, such as a number it cannot write. */
function mayBlameOneRow(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return BLAMES_A_ROW.test(state)
  return !isProvisoError(error) && !isConnectionError(error)
}

function closedError(): ProvisoError {
  return new ProvisoError('shutting_down', 'The intake is closed: send the event again.', {
    isRetryable: true,
  })
}

function fullError(bytes: number): ProvisoError {
  return new ProvisoError(
    'database_unavailable',
    `${bytes} bytes of events wait for the database already: send the event again.`,
    { details: { waitingBytes: bytes }, isRetryable: true },
  )
}
