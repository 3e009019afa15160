import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Database } from '../store/database.ts'
import type { Reader } from '../stripe/reads.ts'
import type { TickReport } from './engine.ts'
import type { Consumers } from './feed/consumer.ts'
import type { Heartbeat, Silence } from './heartbeat.ts'
import { readHold } from './hold-setting.ts'
import type { Intake } from './intake.ts'
import { backfill } from './needs/backfill.ts'
import type { NeedsWorker } from './needs/needs-worker.ts'
import type { Settler } from './settle/settler.ts'
import type { ReportWorker } from './usage/report-worker.ts'
import type { Wakes } from './wakes.ts'

export interface ResidentOptions {
  database: Database
  settler: Settler
  wakes: Wakes
  needs: NeedsWorker
  consumers: Consumers
  /** Counts what was tracked in its ledgers; answers whether there may be more. */
  fold: (limits: { olderThanSeconds: number }) => Promise<boolean>
  /** null: usage is not reported. */
  reports: ReportWorker | null
  heartbeat: Heartbeat
  reader: Reader | null
  intake: Intake
  modeOf: () => Promise<boolean>
  log: Log
  announce: (position: number | null) => void
  /** Milliseconds between looks for due wakes. @defaultValue 1000 */
  wakeMs?: number
  /** Milliseconds between looks for usage to count, which waits as long for more. @defaultValue 1000 */
  foldMs?: number
  /** Milliseconds between heartbeats. @defaultValue 15000 */
  beatMs?: number
}

/** Of the time of one connection, counting takes a quarter: what waits longer is counted together. */
const FOLD_REST = 3

/** What a process that stays does in the background; the same rounds, one at a time, in `tick`. */
export function createResident(options: ResidentOptions) {
  const { settler, wakes, needs, consumers, fold, reports, heartbeat, log, announce } = options
  const { wakeMs = 1000, foldMs = 1000, beatMs = 15_000 } = options
  const rounds: Round[] = []
  const closing = new AbortController()
  const { signal } = closing
  let catchingUp: Promise<void> = Promise.resolve()

  return {
    async start(): Promise<void> {
      const silence = await heartbeat.beat()
      if (isToCover(silence)) catchingUp = catchUp(silence.from)
      settler.poke()
      needs.start()
      consumers.start()
      reports?.start()
      rounds.push(
        createRound(wakeMs, log, 'waking', async () => announce((await wakes.run()).position)),
        createRound(foldMs, log, 'counting usage', foldAll),
        createRound(beatMs, log, 'the heartbeat', listen),
      )
      for (const round of rounds) round.start()
    },

    async tick(budgetMs: number): Promise<TickReport> {
      const end = performance.now() + budgetMs
      const left = () => Math.max(0, end - performance.now())
      const silence = await heartbeat.beat()
      if (isToCover(silence)) await catchUp(silence.from)
      const first = await settler.run(left())
      announce(first.position)
      const reads = left() > 0 ? await needs.runOnce({ budgetMs: left() }) : 0
      const second = reads > 0 ? await settler.run(left()) : first
      const woken = await wakes.run(left())
      announce(woken.position)
      while (left() > 0 && (await fold({ olderThanSeconds: 0 })));
      const reported = left() > 0 ? ((await reports?.runOnce({ budgetMs: left() })) ?? 0) : 0
      const delivered = left() > 0 ? await consumers.runOnce({ budgetMs: left() }) : 0
      return {
        settled: first.settled + (reads > 0 ? second.settled : 0),
        woken: woken.woken,
        reads,
        reported,
        delivered,
        hasMore: second.hasMore || woken.hasMore || left() === 0,
      }
    },

    async close(): Promise<void> {
      closing.abort()
      await Promise.all(rounds.map((round) => round.stop()))
      await Promise.all([
        ...[needs.close(), consumers.close(), settler.close()],
        ...[reports?.close(), catchingUp],
      ])
    },
  }

  async function foldAll(): Promise<void> {
    for (let hasMore = true; hasMore && !signal.aborted;) {
      const begun = performance.now()
      hasMore = await fold({ olderThanSeconds: foldMs / 1000 })
      const rest = hasMore ? FOLD_REST * (performance.now() - begun) : 0
      await delay(rest, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  /** What was missed is fetched beside everything else, once at a time. */
  async function listen(): Promise<void> {
    const silence = await heartbeat.beat()
    if (silence?.isNew) catchingUp = catchingUp.then(() => catchUp(silence.from))
  }

  /** What another process noticed may never have been covered: it failed, or died over it. */
  function isToCover(silence: Silence | null): silence is Silence {
    return silence !== null && (silence.isNew || options.reader !== null)
  }

  /** With a key the gap is covered by Stripe's own list of events, and the hold may end at once. */
  async function catchUp(deafSince: number): Promise<void> {
    const { reader, intake, modeOf, database } = options
    log.warn(
      { since: deafSince },
      'nobody was listening for a while: losses by the clock alone are held',
    )
    if (reader === null) return
    try {
      const scope = { account: '', livemode: await modeOf() }
      const report = await backfill({
        listEvents: (since, of) => reader.listEvents(since, of),
        intake,
        scope,
        from: deafSince,
      })
      log.info({ ...report }, 'the gap is covered by the events Stripe lists')
      await settler.run()
      const hold = await readHold(database)
      if (hold?.cause === 'outage' && !signal.aborted) await heartbeat.end(hold)
    } catch (error) {
      log.warn({ err: error }, 'the gap could not be covered; the hold stays until its time is up')
    }
  }
}

interface Round {
  start(): void
  stop(): Promise<void>
}

/** Runs `work`, rests, runs again; a failure is logged and the next round tries anew. */
function createRound(restMs: number, log: Log, name: string, work: () => Promise<void>): Round {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isStopped = false
  const run = () => {
    running = work()
      .catch((error: unknown) => log.warn({ err: error }, `${name} failed and is tried again`))
      .finally(() => {
        if (isStopped) return
        timer = setTimeout(run, restMs)
        timer.unref()
      })
  }
  return {
    start: run,
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
