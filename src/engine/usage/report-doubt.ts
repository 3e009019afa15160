import type { ReportRow } from '../../store/statements/usage-reports.ts'
import {
  acceptReport,
  lockReport,
  postponeReport,
  renewReport,
  settleReport,
} from '../../store/statements/usage-reports.ts'
import { readHour } from './report-hour.ts'
import { DEDUPE_SECONDS, short, told, type ReportContext } from './report-send.ts'

/**
 * Settles a report that may have come through more than 24 hours ago, when Stripe no longer drops its
 * repetition: what Stripe counts for the hour, less what is known to count, tells. Nothing else of
 * that hour was sent meanwhile, since one report of it is unconfirmed at most.
 */
export async function settleDoubt(context: ReportContext, report: ReportRow): Promise<boolean> {
  const { database: db } = context
  const now = await context.now()
  const age = now - Number(report.first_sent_at ?? now)
  if (age < DEDUPE_SECONDS) return ask(DEDUPE_SECONDS - age, null)
  const hour = await readHour(context, report)
  if (hour.kind === 'later') return ask(hour.seconds, hour.message)
  const { counted, known } = hour
  const quantity = Number(report.quantity)
  if (counted === known + quantity) {
    await acceptReport(db, report)
    return true
  }
  if (counted === known) {
    await renewAs(context, report, 'doubt')
    return false
  }
  await leaveToPeople(context, report, hour)
  return false

  async function ask(seconds: number, error: string | null): Promise<false> {
    await postponeReport(db, report, { seconds, error: error === null ? null : short(error) })
    return false
  }
}

/** What Stripe counts for its hour is neither with it nor without it. */
export async function leaveToPeople(
  { database, log }: ReportContext,
  report: ReportRow,
  { from, counted, known }: { from: number; counted: number; known: number },
): Promise<void> {
  const message = `Stripe counts ${counted} for the hour from ${from}, of which ${known} are known: whether this report of ${Number(report.quantity)} is among them cannot be told: something else reports to the meter, or another report of the hour counts no more. Compare the two, and retry it if it is not.`
  await settleReport(database, report, { status: 'refused', code: 'doubt_unsettled', message })
  log.error({ ...told(report), message }, 'a usage report cannot be settled')
}

/** Known not to count: it goes out anew, under another identifier, unless it is no more what it was. */
export async function renewAs(
  { database }: ReportContext,
  report: ReportRow,
  status: 'doubt' | 'cancelling',
): Promise<void> {
  await database.transaction(async (tx) => {
    const locked = await lockReport(tx, report)
    if (locked?.status !== status || locked.generation !== report.generation) return
    await renewReport(tx, locked, { generation: locked.generation + 1, seconds: 0, error: null })
  })
}
