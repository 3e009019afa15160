import type { ReportRow } from '../../store/statements/usage-reports.ts'
import { sumAccepted } from '../../store/statements/usage-report-sums.ts'
import type { ReportContext } from './report-send.ts'

const HOUR = 3600
const RETRY_SECONDS = 60

export type ReportedHour =
  /** Units that Stripe counts for the hour, and those of them that other reports are known to be. */
  | { kind: 'ok'; from: number; counted: number; known: number }
  /** Stripe could not be asked. */
  | { kind: 'later'; seconds: number; message: string }

/** What Stripe's summary has of a report's Stripe customer, meter and hour. */
export async function readHour(
  { api, database }: ReportContext,
  report: ReportRow,
): Promise<ReportedHour> {
  const meter = await api.meter(report.meter, report)
  if (meter.kind !== 'ok') return later(RETRY_SECONDS, meter.message)
  if (meter.value === null || report.stripe_customer === null) {
    return later(HOUR, `no meter has the event name ${report.meter}`)
  }
  const from = Number(report.window_start)
  const range = { stripeCustomer: report.stripe_customer, from, to: from + HOUR }
  const summary = await api.summary(meter.value, range, report)
  if (summary.kind !== 'ok') return later(RETRY_SECONDS, summary.message)
  const known = Number(await sumAccepted(database, report))
  return { kind: 'ok', from, counted: summary.value, known }
}

function later(seconds: number, message: string): ReportedHour {
  return { kind: 'later', seconds, message }
}
