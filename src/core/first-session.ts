import { addInterval, DAY, HOUR } from './calendar.ts'
import type { Coverage, ItemContext } from './coverage.ts'
import type { CheckoutView } from './views/checkout-view.ts'

/** How long a completed Checkout counts for a subscription nothing else is known of, in seconds. */
export const PROVISIONAL = 72 * HOUR

/**
 * A Checkout that says paid is money for the subscription's first period, also where the endpoint
 * gets no invoice events. The first invoice decides as soon as it is held; a trial's session says
 * nothing about the item (row 11).
 */
export function sessionCoverage(context: ItemContext, coverage: Coverage): void {
  const { facts, joins, item, subscription } = context
  const hasFirstInvoice = [...coverage.paid, ...coverage.unpaid, ...coverage.reversed].some(
    ({ billingReason, created }) =>
      billingReason === 'subscription_create' ||
      created <= (subscription.state.startDate ?? subscription.firstAt) + DAY,
  )
  if (hasFirstInvoice) return
  for (const id of [...(joins.sessionsOfSubscription.get(subscription.id) ?? [])].sort()) {
    const session = facts.sessions.get(id)
    if (session === undefined || session.paidAt === null || session.completedAt === null) continue
    if ((subscription.state.trialEnd ?? 0) > session.completedAt) continue
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

function firstPeriodEnd({ item, subscription }: ItemContext, session: CheckoutView): number {
  const completedAt = session.completedAt ?? session.firstAt
  const { periodStart, periodEnd } = item
  if (periodStart !== null && periodEnd !== null && periodStart <= completedAt + DAY) {
    return periodEnd
  }
  const start = subscription.state.startDate ?? completedAt
  return addInterval(start, item.interval, item.intervalCount) ?? completedAt + PROVISIONAL
}
