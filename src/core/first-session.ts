import { addInterval, DAY, HOUR } from './calendar.ts'
import type { ProductPolicy } from './catalog.ts'
import type { Coverage, ItemContext } from './item-line.ts'
import type { Facts } from './facts.ts'
import { SAME_ACT, takenBack, type Standing } from './invoice-standing.ts'
import type { Joins } from './joins.ts'
import { reversalOf } from './payment.ts'
import type { CheckoutView } from './views/checkout-view.ts'

/** How long a completed Checkout counts for a subscription nothing else is known of, in seconds. */
export const PROVISIONAL = 72 * HOUR

const OPEN: ReadonlySet<Standing> = new Set(['draft', 'open', 'processing', 'retried'])

/**
 * A Checkout that says paid is money for the subscription's first period, also where the endpoint
 * gets no invoice events. The first invoice decides as soon as it is held; a trial's session says
 * nothing about the item (row 11).
 */
export function sessionCoverage(context: ItemContext, coverage: Coverage): void {
  const { item, subscription } = context
  const born = subscription.state.startDate ?? subscription.firstAt
  // An item added later was not in the Checkout: its own bill decides.
  if (item.created !== null && item.created > born + DAY) return
  // The first bill decides once it is settled; while it is open, its payment is merely not heard of yet.
  const settled = coverage.billed.filter(({ standing }) => !OPEN.has(standing))
  const hasFirstInvoice = settled.some(
    ({ billingReason, created }) =>
      billingReason === 'subscription_create' || created <= born + DAY,
  )
  if (hasFirstInvoice || isLeftOutOfFirstBill(context)) return
  for (const session of sessionsOf(context)) {
    if (session.paidAt === null || session.completedAt === null) continue
    if ((subscription.state.trialEnd ?? 0) >= session.completedAt) continue
    if (isSessionReversed(context, session)) continue
    const to = firstPeriodEnd(context, session)
    const from = subscription.state.startDate ?? session.completedAt
    coverage.paid.push({
      from,
      to,
      bought: item,
      isProration: false,
      amount: session.state.amountTotal ?? 0,
      invoice: session.state.invoice ?? session.id,
      billingReason: 'subscription_create',
      created: session.completedAt,
      standing: 'paid',
      evidence: session.paidEvidence,
    })
    coverage.until = Math.max(to, coverage.until ?? to)
  }
}

/** Where the first bill is settled and names no such item, the item was not in the Checkout. */
function isLeftOutOfFirstBill({ facts, item, joins, subscription }: ItemContext): boolean {
  const bills = [...(joins.invoicesOfSubscription.get(subscription.id) ?? [])]
  return bills.some((id) => {
    const state = facts.invoices.get(id)?.state
    if (state?.billingReason !== 'subscription_create' || state.hasMoreLines) return false
    return (
      state.status !== 'open' &&
      state.status !== 'draft' &&
      !state.lines.some((line) => line.subscriptionItem === item.id || line.price === item.price)
    )
  })
}

/**
 * Whether the money of a Checkout was taken back, also where its invoice is not known to be paid:
 * nothing of it is left to be believed.
 */
export function isSessionReversed(
  { facts, joins, policy }: { facts: Facts; joins: Joins; policy: ProductPolicy },
  { state }: CheckoutView,
): boolean {
  const invoice = state.invoice ?? ''
  const paymentIntents = new Set(joins.paymentIntentsOfInvoice.get(invoice))
  if (state.paymentIntent !== null) paymentIntents.add(state.paymentIntent)
  const charges = joins.chargesOfInvoice.get(invoice) ?? new Set()
  const reversal = reversalOf(facts, joins, { paymentIntents, charges, amount: state.amountTotal })
  return takenBack(policy, reversal) !== null
}

function firstPeriodEnd({ item, subscription }: ItemContext, session: CheckoutView): number {
  const completedAt = session.completedAt ?? session.firstAt
  const { periodStart, periodEnd } = item
  if (periodStart !== null && periodEnd !== null && periodStart <= completedAt + DAY) {
    return periodEnd
  }
  const start = subscription.state.startDate ?? completedAt
  return addInterval(start, item.interval, item.intervalCount) ?? completedAt + PROVISIONAL
}

/** Its delayed payment failed and no later one is known. */
export function hasCheckoutFailed(context: ItemContext): boolean {
  return sessionsOf(context).some(
    ({ completedAt, failedAt, paidAt }) =>
      failedAt !== null && paidAt === null && wasInCheckout(context, completedAt),
  )
}

/** An item added later was not in the Checkout. */
function wasInCheckout({ item }: ItemContext, completedAt: number | null): boolean {
  return completedAt === null || (item.created ?? completedAt) <= completedAt + SAME_ACT
}

/** Second at which a Checkout completed whose delayed payment is still under way (row 21). */
export function checkoutUnderWay(context: ItemContext): number | undefined {
  const session = sessionsOf(context).find(
    ({ completedAt, failedAt, paidAt }) =>
      completedAt !== null &&
      failedAt === null &&
      paidAt === null &&
      wasInCheckout(context, completedAt),
  )
  return session?.completedAt ?? undefined
}

function sessionsOf({ facts, joins, subscription }: ItemContext): CheckoutView[] {
  return [...(joins.sessionsOfSubscription.get(subscription.id) ?? [])]
    .sort()
    .flatMap((id) => facts.sessions.get(id) ?? [])
}
