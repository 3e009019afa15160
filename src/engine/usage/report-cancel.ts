import {
  lockReport,
  postponeReport,
  renewReport,
  type ReportRow,
} from '../../store/statements/usage-reports.ts'
import { beginCancelling, keepCancelled } from '../../store/statements/usage-cancel.ts'
import { sqlState } from '../../store/connection-errors.ts'
import { sentIdentifier, short, told, type ReportContext } from './report-send.ts'

const RETRY_SECONDS = 5
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
export async function cancelSent(context: ReportContext, report: ReportRow): Promise<boolean> {
  const { api, database, log } = context
  const event = { name: report.meter, identifier: sentIdentifier(report) }
  const answer = await api.cancel(event, report)
  // What Stripe does not know, or knows no more, was cancelled by an answer that was lost.
  if (answer.kind === 'ok' || (answer.kind === 'refused' && answer.code === 'resource_missing')) {
    await database.transaction(async (tx) => {
      const locked = await lockReport(tx, report)
      if (locked?.status !== 'cancelling' || locked.generation !== report.generation) return
      await renewReport(tx, locked, { generation: locked.generation + 1, seconds: 0, error: null })
    })
    return false
  }
  if (answer.kind !== 'refused') {
    const seconds = Math.max(RETRY_SECONDS, (answer.afterMs ?? 0) / 1000)
    await postponeReport(database, report, { seconds, error: short(answer.message) })
    return false
  }
  const message = `Stripe bills usage that was taken back here: ${short(answer.message)}. Credit it by hand.`
  await keepCancelled(database, report, { code: 'adjustment_refused', message })
  log.error({ ...told(report), message }, 'usage that was taken back is billed all the same')
  return false
}
