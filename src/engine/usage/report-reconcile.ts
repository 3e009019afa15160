import type { Grant } from '../../core/decision.ts'
import type { Scope } from '../../core/fact.ts'
import { LATE_SECONDS, type Ledger } from '../../core/usage/ledger.ts'
import { ProvisoError } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { readLedgers } from '../../store/statements/usage-ledgers.ts'
import {
  readReconciledReports,
  readSharingCustomers,
  readUnreported,
} from '../../store/statements/usage-reconcile.ts'
import type { MeterApi } from '../../stripe/meter-api.ts'
import { billsOf, lineOf, withinBill, type Bill } from './reconcile-bills.ts'
import type { ReconcileQuery, Reconciliation } from './report-contract.ts'

export interface ReconcileOptions {
  database: Database
  /** null: Stripe is not asked. */
  api: MeterApi | null
  /** Unix seconds. */
  now: () => Promise<number>
  scopeOf: (scope: Partial<Scope>) => Promise<Scope>
}

const MINUTE = 60
/** Questions to Stripe at the same time. */
const PARALLEL = 8

interface Range {
  from: number
  to: number
}

/**
 * Compares what was recorded with what Stripe counts. Usage counts at the second it is reported with:
 * what came too late for its own period is compared where it is billed. Stripe sums whole minutes.
 */
export function createReconcile({ database, api, now, scopeOf }: ReconcileOptions) {
  return async function reconcileUsage(query: ReconcileQuery = {}): Promise<Reconciliation[]> {
    const scope = await scopeOf(query)
    const {
      customer,
      meter = null,
      to = (await now()) + 1,
      from = Math.max(0, to - LATE_SECONDS),
    } = query
    const range = rangeOf(from, to)
    const customers =
      customer === undefined
        ? null
        : [customer, ...(await readSharingCustomers(database, scope, customer))]
    const asked = { ...scope, ...range, customers, meter }
    const bills = billsOf(
      await readReconciledReports(database, asked),
      await readUnreported(database, asked),
    ).filter((bill) => customer === undefined || isOf(bill, customer))
    const lines: (() => Promise<Reconciliation[]>)[] = []
    for (const bill of bills) {
      const bounds = [range.from, ...(await startsOf(scope, bill, range)), range.to]
      for (const [index, from] of bounds.slice(0, -1).entries()) {
        const to = bounds[index + 1] ?? range.to
        lines.push(() => compare(scope, withinBill(bill, from, to), { from, to }))
      }
    }
    return (await inOrder(lines, PARALLEL)).flat()
  }

  async function compare(scope: Scope, bill: Bill, range: Range): Promise<Reconciliation[]> {
    if (bill.reports.length === 0 && bill.unreported.length === 0) return []
    const { stripeCustomer: payer, meter } = bill
    return [lineOf(bill, range, payer === null ? null : await ask(scope, meter, payer, range))]
  }

  async function ask(
    scope: Scope,
    name: string,
    stripeCustomer: string,
    range: Range,
  ): Promise<number | null> {
    const meter = (await api?.meter(name, scope)) ?? null
    if (api === null || meter?.kind !== 'ok' || meter.value === null) return null
    const summary = await api.summary(meter.value, { stripeCustomer, ...range }, scope)
    return summary.kind === 'ok' ? summary.value : null
  }

  /** Starts of billing periods within the range, of all who share the bill. */
  async function startsOf(
    scope: Scope,
    { customers, features }: Bill,
    { from, to }: Range,
  ): Promise<number[]> {
    const keys = customers.flatMap((customer) =>
      features.map((feature) => ({ ...scope, customer, feature })),
    )
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

function isOf({ customers, stripeCustomer }: Bill, customer: string): boolean {
  return stripeCustomer === customer || customers.includes(customer)
}

/** Answers in the order of the questions, however long each takes. */
async function inOrder<T>(questions: readonly (() => Promise<T>)[], most: number): Promise<T[]> {
  const answers: T[] = []
  const left = questions.entries()
  const work = async () => {
    for (const [index, question] of left) answers[index] = await question()
  }
  await Promise.all(Array.from({ length: most }, work))
  return answers
}

function rangeOf(from: number, to: number): Range {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from >= to) {
    throw new ProvisoError(
      'invalid_request',
      `from ${from} to ${to} is no range: use Unix seconds, from before to.`,
      { details: { from, to } },
    )
  }
  return { from: from - (from % MINUTE), to: Math.ceil(to / MINUTE) * MINUTE }
}
