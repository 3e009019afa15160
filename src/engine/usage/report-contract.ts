import type { Scope } from '../../core/fact.ts'
import type { ReportStatus } from '../../store/statements/usage-reports.ts'
import type { UsageStanding } from './usage-contract.ts'

/** What may become of a report, in the order of its life. */
export const REPORT_STATUSES = [
  ...(['pending', 'waiting', 'doubt', 'accepted'] as const),
  ...(['refused', 'dropped', 'cancelling', 'cancelled'] as const),
] as const satisfies readonly ReportStatus[]

/** What the faces may ask about usage that is told to Stripe. Times are Unix seconds. */
export interface ReportEngine {
  /** Takes back what was recorded by mistake, within 24 hours. */
  cancelUsage(request: CancelRequest): Promise<CancelAnswer>
  /** Compares what was recorded with what Stripe counts, per Stripe customer, meter and period. */
  reconcileUsage(query?: ReconcileQuery): Promise<Reconciliation[]>
  /** Reports to Stripe, latest first; those of one status, or all. */
  usageReports(query?: ReportsQuery): Promise<ReportsPage>
  /** Sends refused or dropped reports again, under another identifier; answers how many. */
  retryUsageReports(query?: RetryQuery): Promise<number>
  /** How many reports and units there are of each status; reads every report. */
  usageCounts(scope?: Partial<Scope>): Promise<UsageCounts>
  /** The same over all accounts, of each mode that has usage to report. */
  usageTotals(): Promise<UsageTotals[]>
}

export interface CancelRequest extends Partial<Scope> {
  /** Of the use; of a reservation that is finalised, the reservation's. */
  id: string
}

export interface CancelAnswer {
  id: string
  customer: string
  feature: string
  /** Units that are given back. */
  quantity: number
  /** The second the usage belonged to. */
  at: number
  /** false: it was cancelled before. */
  isNew: boolean
  asOf: number
  usage: UsageStanding
}

export interface ReconcileQuery extends Partial<Scope> {
  /** The app's own id, or the Stripe customer that is billed; with it come all who share its bill. */
  customer?: string
  /** Event name of the meter. */
  meter?: string
  /** @defaultValue 35 days before `to`, for which Stripe takes usage */
  from?: number
  /** Exclusive. @defaultValue now */
  to?: number
}

/** Usage of one meter in one span that is billed to one Stripe customer: all units, of the usage's own seconds. */
export interface Reconciliation {
  /** Whose usage it is: several where they share a Stripe customer, of whom Stripe tells the sum only. */
  customers: string[]
  meter: string
  /** null: there is none yet. */
  stripeCustomer: string | null
  from: number
  to: number
  recorded: number
  /** Sent to Stripe at least once. */
  reported: number
  accepted: number
  refused: number
  dropped: number
  /** Not sent, or not confirmed. */
  waiting: number
  /** What Stripe counts; null: it could not be asked. */
  stripe: number | null
  /** Stripe's less what was recorded; null: not known. */
  difference: number | null
  /** Stripe counts what was recorded, save what policy dropped. Of what cannot be compared it is false. */
  isEven: boolean
  /** What explains a difference: reports that do not count there, or count at another time. */
  reports: UsageReport[]
  /** Usage that no report carries yet; the first hundred. */
  unreported: string[]
}

export interface ReportsQuery extends Partial<Scope> {
  status?: ReportStatus
  /** The app's own id, or the Stripe customer that is billed. */
  customer?: string
  /** `next` of the page before. */
  after?: string
  /** Up to 1,000. @defaultValue 100 */
  limit?: number
}

export interface ReportsPage {
  reports: UsageReport[]
  /** Pass as `after` for the next page; null: this is the last. */
  next: string | null
}

export interface RetryQuery extends Partial<Scope> {
  /** One report, refused or dropped. @defaultValue all of the status, save `doubt_unsettled`: that may count */
  identifier?: string
  /** @defaultValue 'refused' */
  status?: 'refused' | 'dropped'
}

export interface UsageReport {
  identifier: string
  /** As Stripe knows it. */
  sentAs: string
  customer: string
  stripeCustomer: string | null
  feature: string
  meter: string
  quantity: number
  at: number
  status: ReportStatus
  attempts: number
  firstSentAt: number | null
  code: string | null
  message: string | null
}

export interface UsageCounts {
  /** Units on record that are to be reported, whatever became of it. */
  recorded: number
  /** Of them, in no report yet. */
  unreported: number
  /** Of them, sent to Stripe at least once. */
  reported: number
  /** Those reported to Stripe and confirmed or refused, dropped by policy, and under way. */
  reports: Record<ReportStatus, { reports: number; units: number }>
}

export interface UsageTotals extends UsageCounts {
  livemode: boolean
}
