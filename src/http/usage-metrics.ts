import { Gauge, type Registry } from 'prom-client'
import { REPORT_STATUSES, type UsageTotals } from '../engine/usage/report-contract.ts'

export interface UsageMetrics {
  /** null: they could not be counted, so none is shown. */
  show(totals: readonly UsageTotals[] | null): void
}

/** What became of the usage that is to be reported to Stripe. */
export function createUsageMetrics(registry: Registry): UsageMetrics {
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const recorded = gauge(
    'proviso_usage_recorded_units',
    'Units on record that are to be reported to Stripe.',
    ['mode'],
  )
  const unreported = gauge('proviso_usage_unreported_units', 'Of them, in no report yet.', ['mode'])
  const reported = gauge('proviso_usage_reported_units', 'Of them, sent to Stripe at least once.', [
    'mode',
  ])
  const units = gauge('proviso_usage_units', 'Units in reports, by what became of them.', [
    'mode',
    'status',
  ])
  const reports = gauge('proviso_usage_reports', 'Reports to Stripe, by what became of them.', [
    'mode',
    'status',
  ])
  const all = [recorded, unreported, reported, units, reports]

  return {
    show(totals) {
      for (const each of all) each.reset()
      for (const one of totals ?? []) {
        const mode = one.livemode ? 'live' : 'test'
        recorded.set({ mode }, one.recorded)
        unreported.set({ mode }, one.unreported)
        reported.set({ mode }, one.reported)
        for (const status of REPORT_STATUSES) {
          units.set({ mode, status }, one.reports[status].units)
          reports.set({ mode, status }, one.reports[status].reports)
        }
      }
    },
  }
}
