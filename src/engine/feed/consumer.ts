import { setTimeout as delay } from 'node:timers/promises'
import { ProvisoError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Database } from '../../store/database.ts'
import { lockConsumer } from '../../store/statements/consumers.ts'
import {
  alignDeliveries,
  readDeadDeliveries,
  reviveDeliveries,
} from '../../store/statements/deliveries.ts'
import type { ChangeHandler, ConsumerOptions, DeadLetter } from '../engine.ts'
import { exponentialBackoffMs } from './backoff.ts'
import { toChange } from './change-row.ts'
import type { Feed } from './changes.ts'
import { createDelivery, type Step } from './delivery.ts'

export interface ConsumerSettings extends ConsumerOptions {
  /** Milliseconds after which a handler counts as failed. @defaultValue 60000 */
  timeoutMs?: number
}

export interface Consumers {
  /** Registers a handler; it works from `start()` on, or in `runOnce()`. Answers how to stop it. */
  onChange(name: string, handler: ChangeHandler, options?: ConsumerSettings): () => Promise<void>
  deadLetters(consumer?: string): Promise<DeadLetter[]>
  /** They come after changes of the same customer that were delivered meanwhile. Answers how many. */
  retryDeadLetters(consumer: string, position?: number): Promise<number>
  /** Delivers what is there within a budget; answers how many changes. */
  runOnce(options?: { budgetMs?: number }): Promise<number>
  /** Works until closed, also for consumers registered later. */
  start(): void
  /** Resolves when the handlers under way are done. */
  close(): Promise<void>
}

export interface ConsumersOptions {
  log: Log
  /** Milliseconds after which an idle consumer looks again, whatever it heard. @defaultValue 5000 */
  idleMs?: number
}

const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_MAX_ATTEMPTS = 12
const MAX_TIMEOUT_MS = 2 ** 31 - 1
const MAX_DEAD_LETTERS = 1000
const BUSY_MS = 1000
const MAX_PAUSE_MS = 30_000

interface Worker {
  name: string
  step: () => Promise<Step>
  isStopped: boolean
  /** Ends the rest it takes. */
  rest: AbortController
  loop: Promise<void>
  /** Steps under way outside of the loop. */
  steps: Set<Promise<Step>>
}

export function createConsumers(
  db: Database,
  feed: Pick<Feed, 'waitForChanges'>,
  { log, idleMs = 5000 }: ConsumersOptions,
): Consumers {
  const workers = new Map<string, Worker>()
  let isStarted = false
  let isClosed = false

  /** One loop per consumer; an error here is the database's, so it waits and goes on. */
  async function work(worker: Worker): Promise<void> {
    let failures = 0
    while (!worker.isStopped) {
      try {
        const step = await worker.step()
        failures = 0
        if (step.kind === 'idle') {
          const waitMs = Math.min(idleMs, Math.max(1, step.dueInMs ?? idleMs))
          await rest(worker, (signal) => feed.waitForChanges(step.position, waitMs, signal))
        }
        if (step.kind === 'busy') await rest(worker, (signal) => pause(BUSY_MS, signal))
      } catch (error) {
        log.warn({ consumer: worker.name, err: error }, 'the feed could not be read; trying again')
        const pauseMs = Math.min(MAX_PAUSE_MS, 1000 * 2 ** failures)
        await rest(worker, (signal) => pause(pauseMs, signal))
        failures += 1
      }
    }
  }

  async function rest(worker: Worker, wait: (signal: AbortSignal) => Promise<void>) {
    if (worker.isStopped) return
    worker.rest = new AbortController()
    await wait(worker.rest.signal)
  }

  async function stop(worker: Worker): Promise<void> {
    worker.isStopped = true
    worker.rest.abort()
    await Promise.allSettled([worker.loop, ...worker.steps])
    if (workers.get(worker.name) === worker) workers.delete(worker.name)
  }

  async function stepOnce(worker: Worker): Promise<Step> {
    const step = worker.step()
    worker.steps.add(step)
    try {
      return await step
    } finally {
      worker.steps.delete(step)
    }
  }

  /** Takes turns, so that a long backlog of one consumer leaves time for the others. */
  async function runOnce({ budgetMs = 10_000 }: { budgetMs?: number } = {}): Promise<number> {
    const deadline = Date.now() + budgetMs
    let delivered = 0
    let eager = [...workers.values()]
    while (eager.length > 0) {
      for (const worker of eager) {
        if (Date.now() >= deadline) return delivered
        if (worker.isStopped) {
          eager = eager.filter((one) => one !== worker)
          continue
        }
        const { kind } = await stepOnce(worker)
        if (kind === 'delivered') delivered += 1
        if (kind === 'idle' || kind === 'busy') eager = eager.filter((one) => one !== worker)
      }
    }
    return delivered
  }

  return {
    onChange(name, handler, options = {}) {
      if (isClosed) throw new ProvisoError('shutting_down', `${name} came after close().`)
      if (workers.has(name)) throw doubledError(name)
      const consumer = { name, handler, ...settled(name, options) }
      const worker: Worker = {
        name,
        step: createDelivery(db, consumer, log),
        isStopped: false,
        rest: new AbortController(),
        loop: Promise.resolve(),
        steps: new Set(),
      }
      workers.set(name, worker)
      if (isStarted) worker.loop = work(worker)
      return () => stop(worker)
    },
    async deadLetters(consumer) {
      const rows = await readDeadDeliveries(db, {
        consumer: consumer ?? null,
        limit: MAX_DEAD_LETTERS,
      })
      return rows.map((row) => ({
        consumer: row.consumer,
        change: toChange(row),
        attempts: row.attempts,
        lastError: row.last_error,
      }))
    },
    async retryDeadLetters(consumer, position) {
      const revived = await db.transaction(async (tx) => {
        if ((await lockConsumer(tx, consumer)) === undefined) return 0
        const count = await reviveDeliveries(tx, consumer, position ?? null)
        if (count > 0) await alignDeliveries(tx, consumer)
        return count
      })
      if (revived > 0) workers.get(consumer)?.rest.abort()
      return revived
    },
    runOnce,
    start() {
      if (isStarted || isClosed) return
      isStarted = true
      for (const worker of workers.values()) worker.loop = work(worker)
    },
    async close() {
      isClosed = true
      await Promise.all([...workers.values()].map(stop))
    },
  }
}

function settled(name: string, options: ConsumerSettings) {
  const { maxAttempts = DEFAULT_MAX_ATTEMPTS, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw invalidError(name, `maxAttempts is ${maxAttempts}: it must be a whole number from 1`)
  }
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
    throw invalidError(name, `timeoutMs is ${timeoutMs}: it must be 1 to ${MAX_TIMEOUT_MS}`)
  }
  return {
    from: options.from ?? 'beginning',
    maxAttempts,
    timeoutMs,
    backoffMs: options.backoffMs ?? exponentialBackoffMs,
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function invalidError(name: string, what: string): ProvisoError {
  return new ProvisoError('config_invalid', `Consumer ${JSON.stringify(name)}: ${what}.`)
}

function doubledError(name: string): ProvisoError {
  return new ProvisoError(
    'config_invalid',
    `Consumer ${JSON.stringify(name)} has a handler already: two would share its changes, so give each onChange a name of its own.`,
  )
}
