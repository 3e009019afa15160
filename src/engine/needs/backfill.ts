import type { Scope } from '../../core/fact.ts'
import type { EventEnvelope } from '../../stripe/envelope.ts'
import type { Reader } from '../../stripe/reads.ts'
import type { Intake } from '../intake.ts'

export interface Backfill {
  listEvents: Reader['listEvents']
  intake: Pick<Intake, 'submit'>
  scope: Scope
  /** Unix seconds of the first event; Stripe keeps 30 days. */
  from: number
  /** Unix seconds of the last event. @defaultValue no end */
  to?: number
}

export interface BackfillReport {
  /** Events Stripe listed. */
  listed: number
  /** Those not held before in these bytes: a pushed event may be listed in another shape. */
  added: number
}

/** Several at a time, so that they share commits; few enough to be held in memory. */
const CHUNK = 100

/**
 * Takes in the events Stripe has sent since, delivered or not, oldest first and as ordinary events.
 * A chunk is durable before the next is taken: after a crash, begin again from the same second.
 */
export async function backfill(run: Backfill): Promise<BackfillReport> {
  const { listEvents, intake, scope, from, to = Infinity } = run
  const report: BackfillReport = { listed: 0, added: 0 }
  let chunk: EventEnvelope[] = []

  async function commit(): Promise<void> {
    const results = await Promise.all(chunk.map((event) => intake.submit(event)))
    report.listed += results.length
    report.added += results.filter((result) => result.isNew).length
    chunk = []
  }

  for await (const event of listEvents(from, scope)) {
    if (event.created > to) break
    chunk.push(event)
    if (chunk.length === CHUNK) await commit()
  }
  await commit()
  return report
}
