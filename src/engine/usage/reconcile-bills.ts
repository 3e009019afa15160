import type { ReconciledReport, UnreportedRow } from '../../store/statements/usage-reconcile.ts'
import type { Reconciliation } from './report-contract.ts'
import { shownReport } from './report-list.ts'

const LISTED = 100

/** What one Stripe customer is billed of one meter, whoever of the app's customers used it. */
export interface Bill {
  meter: string
  /** null: nobody to bill is known yet; then it is of one customer. */
  stripeCustomer: string | null
  customers: string[]
  features: string[]
  reports: ReconciledReport[]
  unreported: UnreportedRow[]
}

/** Puts together what Stripe sums; what was not sent goes to whom its customer's latest was billed to. */
export function billsOf(
  reports: readonly ReconciledReport[],
  unreported: readonly UnreportedRow[],
): Bill[] {
  const bills = new Map<string, Bill>()
  const latest = new Map<string, string>()
  const whose = (row: Used) => JSON.stringify([row.customer, row.meter])
  for (const report of reports) {
    if (report.stripe_customer !== null) latest.set(whose(report), report.stripe_customer)
  }
  for (const report of reports) {
    const payer = report.stripe_customer ?? latest.get(whose(report)) ?? null
    billFor(bills, report, payer).reports.push(report)
  }
  for (const row of unreported) {
    billFor(bills, row, latest.get(whose(row)) ?? null).unreported.push(row)
  }
  return [...bills].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bill]) => bill)
}

type Used = Pick<UnreportedRow, 'customer' | 'feature' | 'meter'>

function billFor(
  bills: Map<string, Bill>,
  { customer, feature, meter }: Used,
  stripeCustomer: string | null,
): Bill {
  const key = JSON.stringify([stripeCustomer ?? '', stripeCustomer === null ? customer : '', meter])
  const bill = bills.get(key) ?? {
    ...{ meter, stripeCustomer, customers: [], features: [] },
    ...{ reports: [], unreported: [] },
  }
  bills.set(key, bill)
  if (!bill.customers.includes(customer)) bill.customers.push(customer)
  if (!bill.features.includes(feature)) bill.features.push(feature)
  return bill
}

/** The part of a bill that lies in a span, by the seconds it is billed at. */
export function withinBill(bill: Bill, from: number, to: number): Bill {
  const isWithin = ({ at }: { at: bigint }) => Number(at) >= from && Number(at) < to
  const reports = bill.reports.filter(isWithin)
  const unreported = bill.unreported.filter(isWithin)
  const customers = new Set([...reports, ...unreported].map(({ customer }) => customer))
  return { ...bill, reports, unreported, customers: [...customers].sort() }
}

/**
 * What is on record of a bill beside what Stripe counts, and the reports and uses that explain a
 * difference.
 */
export function lineOf(
  { customers, meter, reports, stripeCustomer, unreported }: Bill,
  { from, to }: { from: number; to: number },
  stripe: number | null,
): Reconciliation {
  const sum = (...statuses: string[]) =>
    reports
      .filter(({ status }) => statuses.includes(status))
      .reduce((total, { quantity }) => total + Number(quantity), 0)
  const open = unreported.reduce((total, { quantity }) => total + Number(quantity), 0)
  const dropped = sum('dropped')
  const sent = reports.filter(({ first_sent_at: sentAt }) => sentAt !== null)
  const recorded = reports.reduce((total, report) => total + Number(report.recorded), open)
  const counted = stripe ?? (stripeCustomer === null ? 0 : NaN)
  return {
    ...{ customers, meter, stripeCustomer, from, to, recorded },
    reported: sent.reduce((total, { quantity }) => total + Number(quantity), 0),
    accepted: sum('accepted', 'cancelling'),
    refused: sum('refused'),
    dropped,
    waiting: sum('pending', 'waiting', 'doubt') + open,
    ...{ stripe, difference: stripe === null ? null : stripe - recorded },
    isEven: counted === recorded - dropped,
    reports: reports
      .filter(
        ({ status, quantity, recorded, error_code: code }) =>
          (status !== 'accepted' && status !== 'cancelled') || quantity !== recorded || code,
      )
      .map(shownReport),
    unreported: unreported.slice(0, LISTED).map(({ id }) => id),
  }
}
