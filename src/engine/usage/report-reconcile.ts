import type { Grant } from '../../core/decision.ts'
import type { Scope } from '../../core/fact.ts'
import type { Ledger } from '../../core/usage/ledger.ts'
import { ProvisoError } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { readLedgers } from '../../store/statements/usage-ledgers.ts'
import {
  readReconciledReports,
  readUnreported,
  type ReconciledReport,
  type UnreportedRow,
} from '../../store/statements/usage-report-lists.ts'
import type { MeterApi } from '../../stripe/meter-api.ts'
import type { ReconcileQuery, Reconciliation } from './report-contract.ts'
import { shownReport } from './report-list.ts'

export interface ReconcileOptions {
  database: Database
  /** null: Stripe is not asked. */
  api: MeterApi | null
  scopeOf: (scope: Partial<Scope>) => Promise<Scope>
}

const MINUTE = 60
const LISTED = 100

/** What one customer used of one meter. */
interface Account {
  customer: string
  meter: string
  features: Set<string>
  reports: ReconciledReport[]
  unreported: UnreportedRow[]
}

/**
 * Compares what was recorded with what Stripe counts. Usage counts at the second it is reported with:
 * what came too late for its own period is compared where it is billed. Stripe sums whole minutes.
 */
export function createReconcile({ database, api, scopeOf }: ReconcileOptions) {
  return async function reconcileUsage(query: ReconcileQuery): Promise<Reconciliation[]> {
    const scope = await scopeOf(query)
    const range = rangeOf(query)
    const named = { customer: query.customer ?? null, meter: query.meter ?? null }
    const accounts = accountsOf(
      await readReconciledReports(database, { ...scope, ...named, ...range }),
      await readUnreported(database, { ...scope, ...named, ...range }),
    )
    const found: Reconciliation[] = []
    for (const account of accounts) {
      const bounds = [range.from, ...(await startsOf(scope, account, range)), range.to]
      for (const [index, from] of bounds.slice(0, -1).entries()) {
        found.push(...(await compare(scope, account, from, bounds[index + 1] ?? range.to)))
      }
    }
    return found
  }

  /** One line per Stripe customer; what has none yet is one of its own. */
  async function compare(
    scope: Scope,
    { customer, meter, reports, unreported }: Account,
    from: number,
    to: number,
  ): Promise<Reconciliation[]> {
    const isWithin = ({ at }: { at: bigint }) => Number(at) >= from && Number(at) < to
    const own = reports.filter(isWithin)
    const open = unreported.filter(isWithin)
    const payers = [...new Set(own.map((report) => report.stripe_customer))]
    if (payers.length === 0 && open.length > 0) payers.push(null)
    const lines: Reconciliation[] = []
    for (const [index, payer] of payers.entries()) {
      const line = lineOf(
        { customer, meter, stripeCustomer: payer, from, to },
        own.filter((report) => report.stripe_customer === payer),
        index === 0 ? open : [],
      )
      const stripe = payer === null ? null : await ask(scope, meter, payer, { from, to })
      lines.push({ ...line, stripe, difference: stripe === null ? null : stripe - line.recorded })
    }
    return lines
  }

  async function ask(
    scope: Scope,
    name: string,
    stripeCustomer: string,
    range: { from: number; to: number },
  ): Promise<number | null> {
    const meter = (await api?.meter(name, scope)) ?? null
    if (api === null || meter?.kind !== 'ok' || meter.value === null) return null
    const summary = await api.summary(meter.value, { stripeCustomer, ...range }, scope)
    return summary.kind === 'ok' ? summary.value : null
  }

  /** Starts of billing periods within the range. */
  async function startsOf(
    scope: Scope,
    { customer, features }: Account,
    { from, to }: { from: number; to: number },
  ): Promise<number[]> {
    const keys = [...features].map((feature) => ({ ...scope, customer, feature }))
    const starts = new Set<number>()
    for (const { grants, ledger } of await readLedgers(database, keys)) {
      for (const { usage } of (grants ?? []) as Grant[]) starts.add(usage?.periodStart ?? from)
      for (const allowance of (ledger as Ledger | null)?.allowances ?? []) {
        if (allowance.kind === 'limit') starts.add(allowance.from)
      }
    }
    const minutes = new Set([...starts].map((start) => start - (start % MINUTE)))
    return [...minutes].filter((start) => start > from && start < to).sort((a, b) => a - b)
  }
}

function lineOf(
  what: Pick<Reconciliation, 'customer' | 'meter' | 'stripeCustomer' | 'from' | 'to'>,
  reports: readonly ReconciledReport[],
  unreported: readonly UnreportedRow[],
): Omit<Reconciliation, 'stripe' | 'difference'> {
  const sum = (...statuses: string[]) =>
    reports
      .filter(({ status }) => statuses.includes(status))
      .reduce((total, { quantity }) => total + Number(quantity), 0)
  const open = unreported.reduce((total, { quantity }) => total + Number(quantity), 0)
  const sent = reports.filter(({ first_sent_at: sentAt }) => sentAt !== null)
  return {
    ...what,
    recorded: reports.reduce((total, { recorded }) => total + Number(recorded), open),
    reported: sent.reduce((total, { quantity }) => total + Number(quantity), 0),
    accepted: sum('accepted', 'cancelling'),
    refused: sum('refused'),
    dropped: sum('dropped'),
    waiting: sum('pending', 'waiting', 'doubt') + open,
    reports: reports
      .filter(
        ({ status, quantity, recorded, error_code: code }) =>
          (status !== 'accepted' && status !== 'cancelled') || quantity !== recorded || code,
      )
      .map(shownReport),
    unreported: unreported.slice(0, LISTED).map(({ id }) => id),
  }
}

function accountsOf(
  reports: readonly ReconciledReport[],
  unreported: readonly UnreportedRow[],
): Account[] {
  const accounts = new Map<string, Account>()
  const of = ({
    customer,
    meter,
    feature,
  }: {
    customer: string
    meter: string
    feature: string
  }) => {
    const key = JSON.stringify([customer, meter])
    const found = accounts.get(key)
    const account = found ?? { customer, meter, features: new Set(), reports: [], unreported: [] }
    accounts.set(key, account)
    account.features.add(feature)
    return account
  }
  for (const report of reports) of(report).reports.push(report)
  for (const row of unreported) of(row).unreported.push(row)
  return [...accounts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, account]) => account)
}

function rangeOf({ from, to }: ReconcileQuery): { from: number; to: number } {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from >= to) {
    throw new ProvisoError(
      'invalid_request',
      `from ${from} to ${to} is no range: use Unix seconds, from before to.`,
      { details: { from, to } },
    )
  }
  return { from: from - (from % MINUTE), to: Math.ceil(to / MINUTE) * MINUTE }
}
