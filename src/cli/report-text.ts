import {
  REPORT_STATUSES,
  type Reconciliation,
  type UsageCounts,
  type UsageReport,
} from '../engine/usage/report-contract.ts'
import { moment } from './moment.ts'
import type { Palette } from './palette.ts'
import { units } from './usage-text.ts'

/** Reports that are shown under a difference; programs get all of them. */
const SHOWN = 20

/** What a report says, and why it did not come to count. */
export function reportText(report: UsageReport, paint: Palette): string[] {
  const { at, attempts, code, customer, meter, message, quantity, sentAs, status } = report
  const payer = report.stripeCustomer === null ? '' : ` billed to ${report.stripeCustomer}`
  const colour = status === 'accepted' ? paint.good : status === 'refused' ? paint.bad : paint.warn
  const why = [code, message].filter((part) => part !== null).join(': ')
  return [
    `${paint.dim(moment(at))}  ${colour(status.padEnd(10))} ${units(quantity)} ${meter} of ${paint.bold(customer)}${payer}  ${paint.dim(sentAs)}`,
    ...(why === '' ? [] : [paint.dim(`  ${why} (${attempts} attempts)`)]),
  ]
}

/** A difference, and the reports and uses that explain it. */
export function reconciliationText(line: Reconciliation, paint: Palette): string[] {
  const { customers, difference, from, meter, recorded, reports, stripe, to, unreported } = line
  const payer = line.stripeCustomer ?? 'no Stripe customer yet'
  const counted = stripe === null ? 'Stripe not asked' : `Stripe counts ${units(stripe)}`
  const off = difference === null ? '' : ` (${difference > 0 ? '+' : ''}${units(difference)})`
  const parts = (['accepted', 'refused', 'dropped', 'waiting'] as const)
    .filter((name) => line[name] > 0)
    .map((name) => `${units(line[name])} ${name}`)
  return [
    `${paint.bold(customers.join(', '))} ${meter}  ${paint.dim(`${payer}, ${moment(from)} to ${moment(to)}`)}`,
    `  ${units(recorded)} recorded, ${paint.bad(`${counted}${off}`)}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`,
    ...reports
      .slice(0, SHOWN)
      .flatMap((report) => reportText(report, paint))
      .map((text) => `  ${text}`),
    ...(reports.length > SHOWN
      ? [paint.dim(`  … ${reports.length - SHOWN} further reports; --json has them`)]
      : []),
    ...(unreported.length === 0 ? [] : [`  in no report yet: ${unreported.join(', ')}`]),
  ]
}

/** What became of all that is to be reported. */
export function countsText(counts: UsageCounts, paint: Palette): string[] {
  const { recorded, reported, reports, unreported } = counts
  return [
    `${paint.bold(units(recorded))} units recorded, ${units(reported)} sent to Stripe, ${units(unreported)} in no report yet`,
    ...REPORT_STATUSES.filter((status) => reports[status].reports > 0).map((status) => {
      const { reports: count, units: sum } = reports[status]
      return `  ${status.padEnd(10)} ${units(sum)} units in ${units(count)} ${count === 1 ? 'report' : 'reports'}`
    }),
  ]
}
