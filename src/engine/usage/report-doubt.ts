import type { ReportRow } from '../../store/statements/usage-reports.ts'
import {
  acceptReport,
  lockReport,
  postponeReport,
  renewReport,
  settleReport,
} from '../../store/statements/usage-reports.ts'
import { sumAccepted } from '../../store/statements/usage-report-sums.ts'
import { DEDUPE_SECONDS, short, told, type ReportContext } from './report-send.ts'

const HOUR = 3600
const RETRY_SECONDS = 60

/**
 * Settles a report that may have come through more than 24 hours ago, when Stripe no longer drops its
 * repetition: what Stripe counts for the hour, less what is known to count, tells. Nothing else of
 * that hour was sent meanwhile, since one report of it is unconfirmed at most.
 */
export async function settleDoubt(context: ReportContext, report: ReportRow): Promise<boolean> {
  const { api, database: db, log } = context
  const now = await context.now()
  const age = now - Number(report.first_sent_at ?? now)
  if (age < DEDUPE_SECONDS) return ask(DEDUPE_SECONDS - age, null)
  const meter = await api.meter(report.meter, report)
  if (meter.kind !== 'ok') return ask(RETRY_SECONDS, meter.message)
  if (meter.value === null || report.stripe_customer === null) {
    return ask(HOUR, `no meter has the event name ${report.meter}`)
  }
  const from = Number(report.window_start)
  const range = { stripeCustomer: report.stripe_customer, from, to: from + HOUR }
  const summary = await api.summary(meter.value, range, report)
  if (summary.kind !== 'ok') return ask(RETRY_SECONDS, summary.message)
  const known = Number(await sumAccepted(db, report))
  const quantity = Number(report.quantity)
  if (summary.value === known + quantity) {
    await acceptReport(db, report)
    return true
  }
  if (summary.value === known) {
    await renew(context, report)
    return false
  }
  const message = `Stripe counts ${summary.value} for the hour from ${from}, of which ${known} are known: whether this report of ${quantity} is among them cannot be told, since something else reports to the meter too. Compare the two, and retry it if it is not.`
  await settleReport(db, report, { status: 'refused', code: 'doubt_unsettled', message })
  log.error({ ...told(report), message }, 'a usage report cannot be settled')
  return false

  async function ask(seconds: number, error: string | null): Promise<false> {
    await postponeReport(db, report, { seconds, error: error === null ? null : short(error) })
    return false
  }
}

/** Known not to count: it goes out anew, under another identifier. */
async function renew({ database }: ReportContext, report: ReportRow): Promise<void> {
  await database.transaction(async (tx) => {
    const locked = await lockReport(tx, report)
    if (locked?.status !== 'doubt' || locked.generation !== report.generation) return
    await renewReport(tx, locked, { generation: locked.generation + 1, seconds: 0, error: null })
  })
}
