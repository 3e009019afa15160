import type { Catalog } from '../../core/compile-catalog.ts'
import type { Grant } from '../../core/decision.ts'
import type { Facts } from '../../core/facts.ts'
import { matchProduct } from '../../core/match.ts'
import type { Queryable } from '../../store/database.ts'
import { readRootsOfCustomers } from '../../store/statements/customer-roots.ts'
import { readLedgers } from '../../store/statements/usage-ledgers.ts'
import type { ReportRow } from '../../store/statements/usage-reports.ts'
import { secondOf } from '../../core/usage/allowances.ts'
import { FactStore } from '../settle/fact-store.ts'

/** Who is billed for a report, and whether its bill can still hold it. */
export interface Payer {
  /** null: not known yet. */
  stripeCustomer: string | null
  /** Why it is not, for people. */
  missing: string | null
  /** The invoice of its period is final: usage of that time is billed no more. */
  isInvoiced: boolean
  /** Second it is for the payer, who may live on a test clock. */
  now: number
}

export interface PayerOptions {
  catalog: Catalog
  db: Queryable
  /** Unix seconds. */
  now: number
}

/** Finds the Stripe customer whose subscription has the metered item, or else the only one there is. */
export async function findPayer(
  { catalog, db, now }: PayerOptions,
  report: ReportRow,
): Promise<Payer> {
  const { account, livemode, customer, feature } = report
  const scope = { account, livemode }
  const roots = (await readRootsOfCustomers(db, [{ ...scope, customer }])).map(({ root }) => root)
  const ids = [customer, ...roots].filter((id) => id.startsWith('cus_'))
  const candidates = [...new Set(ids)].sort()
  const [only] = candidates
  if (only === undefined) {
    const missing = `nothing of Stripe's names ${customer} yet: it has no Stripe customer to bill`
    return { stripeCustomer: null, missing, isInvoiced: false, now }
  }
  const [standing] = await readLedgers(db, [{ ...scope, customer, feature }])
  const grants = (standing?.grants ?? []) as Grant[]
  const at = Number(report.at)
  const second = secondOf(grants, now)
  // An invoice can be final only where a period has begun since.
  const isPast = grants.some(({ usage }) => usage !== null && at < (usage.periodStart ?? 0))
  const hasEnded = grants.every(({ until }) => until !== null && until <= second)
  if (candidates.length === 1 && !isPast && !hasEnded) {
    return { stripeCustomer: only, missing: null, isInvoiced: false, now: second }
  }
  const store = new FactStore(db)
  const keys = candidates.map((root) => ({ ...scope, root }))
  await store.load(keys)
  const facts = store.facts(keys)
  const billed = meteredItems(catalog, facts, feature)
  const stripeCustomer = candidates.length === 1 ? only : payerOf(billed, grants, at)
  const missing = `${customer} has ${candidates.length} Stripe customers (${candidates.join(', ')}) and none of them subscribes to a metered price that gives ${feature}`
  return {
    stripeCustomer,
    missing: stripeCustomer === null ? missing : null,
    isInvoiced: isInvoiced(facts, billed, at),
    now: second,
  }
}

interface MeteredItem {
  id: string
  subscription: string
  stripeCustomer: string | null
  from: number
  /** null: still open. */
  endedAt: number | null
}

function meteredItems(catalog: Catalog, facts: Facts, feature: string): MeteredItem[] {
  return [...facts.subscriptions.values()].flatMap(({ id: subscription, state }) =>
    state.items
      .filter((item) => item.isMetered)
      .filter((item) => matchProduct(catalog, item)?.grants.has(feature) ?? false)
      .map(({ id, created }) => ({
        id,
        subscription,
        stripeCustomer: state.customer,
        from: created ?? state.startDate ?? 0,
        endedAt: state.endedAt,
      })),
  )
}

/** Of several, the one whose subscription gives the feature and held when it was used. */
function payerOf(
  items: readonly MeteredItem[],
  grants: readonly Grant[],
  at: number,
): string | null {
  const giving = new Set(grants.flatMap(({ usage }) => usage?.group ?? []))
  const worth = (item: MeteredItem) =>
    (item.endedAt === null || at < item.endedAt ? 4 : 0) +
    (at >= item.from ? 2 : 0) +
    (giving.has(item.subscription) ? 1 : 0)
  const [best] = [...items].sort((a, b) => worth(b) - worth(a) || (a.id < b.id ? -1 : 1))
  return best?.stripeCustomer ?? null
}

/**
 * A metered item's line is of the period it bills, which is the one before its invoice (stripe-facts
 * row 38). From basil on a line names its item and does not say that it is metered.
 */
function isInvoiced({ invoices }: Facts, items: readonly MeteredItem[], at: number): boolean {
  const ids = new Set(items.map(({ id }) => id))
  return [...invoices.values()].some(
    ({ state }) =>
      state.status !== 'draft' &&
      state.lines.some(
        (line) =>
          line.isSubscriptionLine &&
          line.subscriptionItem !== null &&
          ids.has(line.subscriptionItem) &&
          at >= (line.periodStart ?? Infinity) &&
          at < (line.periodEnd ?? -Infinity),
      ),
  )
}
