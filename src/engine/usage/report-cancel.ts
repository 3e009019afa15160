import { postponeReport, type ReportRow } from '../../store/statements/usage-reports.ts'
import { beginCancelling, keepCancelled } from '../../store/statements/usage-cancel.ts'
import { sqlState } from '../../store/connection-errors.ts'
import { leaveToPeople, renewAs } from './report-doubt.ts'
import { readHour } from './report-hour.ts'
import { DEDUPE_SECONDS, sentIdentifier, short, told, type ReportContext } from './report-send.ts'

const RETRY_SECONDS = 5
/** By then a summary has taken in whatever was asked while Stripe still took events back. */
const SETTLED_SECONDS = DEDUPE_SECONDS + 3600
const UNIQUE_VIOLATION = '23505'

/** Of a report that counts, some usage was taken back: nothing else of its hour may be in doubt. */
export async function recountSent(context: ReportContext, report: ReportRow): Promise<boolean> {
  const { database } = context
  const hasBegun = await beginCancelling(database, report).catch((error: unknown) => {
    if (sqlState(error) === UNIQUE_VIOLATION) return false
    throw error
  })
  if (hasBegun) return cancelSent(context, { ...report, status: 'cancelling' })
  const error = 'another report of this hour is not confirmed yet'
  await postponeReport(database, report, { seconds: 1, error })
  return false
}

/**
 * Takes a report back at Stripe, of whose usage something was taken back, so that the rest goes out
 * anew. Stripe takes an event back within 24 hours of its receipt only (stripe-facts §5).
 */
export async function cancelSent(context: ReportContext, report: ReportRow): Promise<false> {
  const { api, database } = context
  const event = { name: report.meter, identifier: sentIdentifier(report) }
  const answer = await api.cancel(event, report)
  const age = (await context.now()) - Number(report.first_sent_at ?? 0)
  // What Stripe does not know was cancelled by an answer that was lost. Later it may have forgotten it.
  const isGone =
    answer.kind === 'refused' && answer.code === 'resource_missing' && age < DEDUPE_SECONDS
  if (answer.kind === 'ok' || isGone) {
    await renewAs(context, report, 'cancelling')
    return false
  }
  if (answer.kind === 'refused') return settleCancelling(context, report, age, answer.message)
  const seconds = Math.max(RETRY_SECONDS, (answer.afterMs ?? 0) / 1000)
  await postponeReport(database, report, { seconds, error: short(answer.message) })
  return false
}

/**
 * A refusal says nothing of what was asked before it, whose answer may have been lost: what Stripe
 * counts for the hour tells, once that can change no more.
 */
async function settleCancelling(
  context: ReportContext,
  report: ReportRow,
  age: number,
  refusal: string,
): Promise<false> {
  const { database, log } = context
  const wait = async (seconds: number, error: string): Promise<false> => {
    await postponeReport(database, report, { seconds, error: short(error) })
    return false
  }
  if (age < SETTLED_SECONDS) return wait(SETTLED_SECONDS - age, refusal)
  const hour = await readHour(context, report)
  if (hour.kind === 'later') return wait(hour.seconds, hour.message)
  if (hour.counted === hour.known) {
    await renewAs(context, report, 'cancelling')
    return false
  }
  if (hour.counted === hour.known + Number(report.quantity)) {
    const message = `Stripe bills usage that was taken back here: ${short(refusal)}. Credit it by hand.`
    await keepCancelled(database, report, { code: 'adjustment_refused', message })
    log.error({ ...told(report), message }, 'usage that was taken back is billed all the same')
    return false
  }
  await leaveToPeople(context, report, hour)
  return false
}
