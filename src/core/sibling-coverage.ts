import { coverItem, type Coverage, type ItemContext } from './coverage.ts'
import { standingOf } from './invoice-standing.ts'

/**
 * An item added between bills is paid with the next one, and usage is billed on top of a plan: both
 * stand while the licensed siblings are paid.
 */
export function coverFromSiblings(context: ItemContext, coverage: Coverage): void {
  const { item, subscription } = context
  const siblings = subscription.state.items.filter(
    (sibling) => sibling !== item && !sibling.isMetered,
  )
  const hasOwnBill =
    coverage.paid.length > 0 || coverage.unpaid.length > 0 || coverage.reversed.length > 0
  if (siblings.length === 0) return
  // Without a bill of its own, only what Stripe leaves for the next bill is covered: not an item
  // whose bill may simply not have been seen (rows 54, 55).
  const isWithNextBill = !hasOwnBill && coverage.until === null && hasSettledBill(context)
  if (!item.isMetered && !isWithNextBill) return
  coverage.until = null
  for (const sibling of siblings) {
    const { until, reversed } = coverItem({ ...context, item: sibling })
    if (until !== null) coverage.until = Math.max(until, coverage.until ?? until)
    coverage.reversed.push(...reversed)
  }
  // What is paid for one of them is enough, whatever was taken back for another.
  const end = coverage.until ?? -Infinity
  coverage.reversed = coverage.reversed.filter(({ to }) => to > end)
}

function hasSettledBill(context: ItemContext): boolean {
  const { facts, subscription } = context
  const { latestInvoice, status } = subscription.state
  if (status === 'past_due' || status === 'unpaid' || latestInvoice === null) return false
  const invoice = facts.invoices.get(latestInvoice)
  return (
    invoice?.state.status === 'paid' ||
    (invoice?.state.status === 'draft' &&
      (invoice.state.billingReason !== 'subscription_update' ||
        standingOf(context, invoice).standing === 'forgiven'))
  )
}
