import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../log.ts'
import type { Database } from '../../store/database.ts'
import {
  claimNeeds,
  postponeNeed,
  satisfyNeed,
  type ClaimedNeed,
} from '../../store/statements/needs.ts'
import type { ReadBody } from '../../stripe/observation.ts'
import type { ReadOutcome, Reader } from '../../stripe/reads.ts'
import type { Intake } from '../intake.ts'

export interface NeedsWorker {
  /**
   * Reads what is due; answers how many questions got an answer. No read begins after the budget,
   * and one under way is finished.
   */
  runOnce(options?: { budgetMs?: number; limit?: number }): Promise<number>
  /** Works until closed; without a reader it does nothing, and needs stay listed. */
  start(): void
  /** Resolves when the reads under way are done. */
  close(): Promise<void>
}

export interface NeedsWorkerOptions {
  db: Database
  intake: Pick<Intake, 'submit'>
  /** null: there is no Stripe key. */
  reader: Pick<Reader, 'read'> | null
  log: Log
  /** Milliseconds between looks for due needs. @defaultValue 1000 */
  pollMs?: number
  /** Reads at the same time; the reader keeps Stripe's rate limits. @defaultValue 4 */
  parallel?: number
}

/** A read that takes longer is done twice, which costs a request and changes nothing. */
const LEASE_SECONDS = 60
const REFUSED_SECONDS = 3600
const MAX_RETRY_SECONDS = 3600
const MAX_ERROR_LENGTH = 2000

/** Asks Stripe what only Stripe can tell; each answer is an observation like any other. */
export function createNeedsWorker(options: NeedsWorkerOptions): NeedsWorker {
  const { db, intake, reader, log, pollMs = 1000, parallel = 4 } = options
  const closing = new AbortController()
  const rounds = new Set<Promise<number>>()
  let loop: Promise<void> | null = null

  async function readDue(
    source: Pick<Reader, 'read'>,
    { budgetMs = 10_000, limit = 100 }: { budgetMs?: number; limit?: number },
  ): Promise<number> {
    const deadline = Date.now() + budgetMs
    let left = limit
    let answered = 0
    while (left > 0 && Date.now() < deadline && !closing.signal.aborted) {
      const claimed = await claimNeeds(db, {
        limit: Math.min(left, parallel),
        leaseSeconds: LEASE_SECONDS,
      })
      if (claimed.length === 0) break
      left -= claimed.length
      const results = await Promise.allSettled(claimed.map((need) => answer(source, need)))
      for (const result of results) {
        // Only the database throws here: whatever was claimed falls due again by itself.
        if (result.status === 'rejected') throw result.reason
        if (result.value) answered += 1
      }
    }
    return answered
  }

  async function answer(source: Pick<Reader, 'read'>, need: ClaimedNeed): Promise<boolean> {
    const { account, livemode, type, object } = need
    const asked = { account, livemode, type, object }
    const outcome = await read(source, need)
    switch (outcome.kind) {
      case 'ok':
        await intake.submit({
          kind: 'read',
          id: `read_${randomUUID().replaceAll('-', '')}`,
          type: `proviso.read.${type}`,
          created: outcome.body.requested_at,
          account,
          livemode,
          body: encode(outcome.body),
        })
        await satisfyNeed(db, need)
        return true
      case 'retry':
        log.debug(
          { ...asked, message: outcome.message },
          'Stripe could not answer; asking again later',
        )
        await postponeNeed(db, need, {
          seconds: outcome.afterMs / 1000,
          maxSeconds: MAX_RETRY_SECONDS,
          error: short(outcome.message),
        })
        return false
      case 'refused':
        log.warn({ ...asked, message: outcome.message }, 'Stripe refuses a read; check the API key')
        await postponeNeed(db, need, {
          seconds: REFUSED_SECONDS,
          maxSeconds: REFUSED_SECONDS,
          error: short(outcome.message),
        })
        return false
    }
  }

  /** A reader that throws (the SDK is not installed, or a bug) must not stop the other questions. */
  async function read(source: Pick<Reader, 'read'>, need: ClaimedNeed): Promise<ReadOutcome> {
    try {
      return await source.read(need, need)
    } catch (error) {
      log.error({ err: error, type: need.type, object: need.object }, 'a read failed')
      return { kind: 'refused', message: error instanceof Error ? error.message : String(error) }
    }
  }

  async function work(source: Pick<Reader, 'read'>): Promise<void> {
    while (!closing.signal.aborted) {
      let answered = 0
      try {
        answered = await readDue(source, {})
      } catch (error) {
        log.warn({ err: error }, 'needs could not be worked on; trying again')
      }
      if (answered === 0) await pause()
    }
  }

  async function pause(): Promise<void> {
    try {
      await delay(pollMs, undefined, { signal: closing.signal })
    } catch (error) {
      if (!closing.signal.aborted) throw error
    }
  }

  return {
    async runOnce(run = {}) {
      if (reader === null) return 0
      const round = readDue(reader, run)
      rounds.add(round)
      try {
        return await round
      } finally {
        rounds.delete(round)
      }
    },
    start() {
      if (reader !== null) loop ??= work(reader)
    },
    async close() {
      closing.abort()
      await Promise.allSettled([loop, ...rounds])
    },
  }
}

function encode(body: ReadBody): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(body))
}

function short(message: string): string {
  // PostgreSQL's text cannot hold NUL.
  return message.replaceAll('\u0000', '').slice(0, MAX_ERROR_LENGTH)
}
