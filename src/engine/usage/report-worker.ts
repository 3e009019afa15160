import { setTimeout as delay } from 'node:timers/promises'
import { isConnectionError, sqlState } from '../../store/connection-errors.ts'
import { claimReports, type ReportRow } from '../../store/statements/usage-reports.ts'
import { cancelSent, recountSent } from './report-cancel.ts'
import { createErrorHearing } from './report-errors.ts'
import { settleDoubt } from './report-doubt.ts'
import { gatherUsage } from './report-gather.ts'
import {
  isRepeatable,
  LEASE_SECONDS,
  repeatSending,
  sendReport,
  type ReportContext,
} from './report-send.ts'

export interface ReportWorker {
  /**
   * Reports what is due; answers how many reports came to count. None is begun after the budget, and
   * one under way is finished.
   */
  runOnce(options?: { budgetMs?: number }): Promise<number>
  /** Works until closed. */
  start(): void
  /** Resolves when the requests under way are done. */
  close(): Promise<void>
}

export interface ReportWorkerOptions extends ReportContext {
  /** The mode whose usage is reported: the API key has only one. */
  modeOf: () => Promise<boolean>
  /** Milliseconds between looks for usage to report. @defaultValue 1000 */
  pollMs?: number
  /** Requests at the same time. @defaultValue 8 */
  parallel?: number
  /** Seconds that usage waits for more of its hour, to share a report. @defaultValue 10 */
  gatherSeconds?: number
}

const ROWS = 5000
/** Every one of a claim is begun while its lease lasts, at 100 requests a second. */
const CLAIMED = 200

/** Tells Stripe's meters what was used. All its state is in the tables, so any number may run. */
export function createReportWorker(options: ReportWorkerOptions): ReportWorker {
  const { database, log, modeOf, pollMs = 1000, parallel = 8, gatherSeconds = 10 } = options
  const hearErrors = createErrorHearing(options)
  const closing = new AbortController()
  const rounds = new Set<Promise<number>>()
  let loop: Promise<void> | null = null

  async function gather(livemode: boolean, deadline: number): Promise<void> {
    const round = { livemode, limit: ROWS, olderThanSeconds: gatherSeconds, source: options }
    const pickAll = async () => gatherUsage(database, { ...round, now: await options.now() })
    while ((await pickAll()) === ROWS && mayGoOn(deadline));
  }

  async function report(deadline: number): Promise<number> {
    const livemode = await modeOf()
    // However much there is to hear, time is left to report.
    const half = (Date.now() + deadline) / 2
    await hearErrors(livemode, () => mayGoOn(half))
    await gather(livemode, deadline)
    let counted = 0
    while (mayGoOn(deadline)) {
      const claim = { livemode, limit: CLAIMED, leaseSeconds: LEASE_SECONDS }
      const claimed = await claimReports(database, claim)
      if (claimed.length === 0) break
      counted += await workOff(claimed, deadline)
    }
    return counted
  }

  /** Several at a time; what is not begun in time falls due again by itself. */
  async function workOff(claimed: readonly ReportRow[], deadline: number): Promise<number> {
    const end = Math.min(deadline, Date.now() + (LEASE_SECONDS * 1000) / 2)
    const waiting = [...claimed]
    let counted = 0
    const results = await Promise.allSettled(
      Array.from({ length: parallel }, async () => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
          if (!mayGoOn(end)) return
          if (await settleOne(one)) counted += 1
        }
      }),
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
    return counted
  }

  /** One that throws (the SDK is not installed, or a bug) must not stop the others. */
  async function settleOne(one: ReportRow): Promise<boolean> {
    try {
      return await handle(one)
    } catch (error) {
      if (isConnectionError(error) || sqlState(error) !== undefined) throw error
      log.error({ err: error, identifier: one.identifier }, 'a usage report failed')
      return false
    }
  }

  async function handle(one: ReportRow): Promise<boolean> {
    if (one.status === 'pending' || one.status === 'waiting') return sendReport(options, one)
    if (one.status === 'cancelling') return cancelSent(options, one)
    if (one.status === 'accepted' && one.is_recounted) return recountSent(options, one)
    if (one.status !== 'doubt') return false
    const now = await options.now()
    return isRepeatable(one, now) ? repeatSending(options, one) : settleDoubt(options, one)
  }

  function mayGoOn(deadline: number): boolean {
    return Date.now() < deadline && !closing.signal.aborted
  }

  async function work(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await report(Date.now() + 10_000)
      } catch (error) {
        log.warn({ err: error }, 'usage could not be reported; trying again')
      }
      await delay(pollMs, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }

  return {
    async runOnce({ budgetMs = 10_000 } = {}) {
      const round = report(Date.now() + budgetMs)
      rounds.add(round)
      try {
        return await round
      } finally {
        rounds.delete(round)
      }
    },
    start() {
      loop ??= work()
    },
    async close() {
      closing.abort()
      await Promise.allSettled([loop, ...rounds])
    },
  }
}
