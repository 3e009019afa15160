import { coverItem } from './coverage.ts'
import type { Coverage, ItemContext, ItemLine } from './item-line.ts'
import { standingOf, type Standing } from './invoice-standing.ts'
import type { InvoiceView } from './views/invoice-view.ts'

/** A bill that may still be paid as it was made. */
const PENDING: ReadonlySet<Standing> = new Set(['draft', 'stuck', 'open', 'processing'])

/**
 * An item added between bills is paid with the next one, and usage is billed on top of a plan: both
 * stand while the licensed siblings are paid.
 */
export function coverFromSiblings(context: ItemContext, coverage: Coverage): void {
  const { item, subscription } = context
  const siblings = subscription.state.items
    .filter((sibling) => sibling !== item && !sibling.isMetered)
    // What was there first does not ride with what was added to it.
    .filter(({ created }) => item.isMetered || (created ?? 0) <= (item.created ?? Infinity))
    .map((sibling) => coverItem({ ...context, item: sibling }))
  if (siblings.length === 0) return
  const unpaid = siblings.flatMap((sibling) => sibling.unpaid)
  if (!item.isMetered) {
    // Without a bill of its own, only what Stripe leaves for the next bill is covered: not an item
    // whose bill may simply not have been seen (rows 54, 55).
    const isRider = hasNoBill(coverage) && isLeftForNextBill(context)
    // Until it is billed, and while nothing is paid yet, what was first billed to them decides for it.
    const isFirst = coverage.billed.length === 0 && siblings.every(({ until }) => until === null)
    if (isFirst) coverage.unpaid.push(...unpaid)
    if (!isRider || !unpaid.every(isPendingOrEarlier(siblings))) return
    // The siblings' renewal is then its bill as well, also where it was made before the item.
    if (!isFirst) coverage.unpaid.push(...unpaid.filter(isRenewal))
  }
  coverage.until = null
  for (const { until, reversed } of siblings) {
    if (until !== null) coverage.until = Math.max(until, coverage.until ?? until)
    coverage.reversed.push(...reversed)
  }
  // Nothing paid yet: what is awaited for them is awaited for the usage on top of them.
  if (item.isMetered && coverage.until === null) coverage.unpaid = unpaid
  // What is paid for one of them is enough, whatever was taken back for another.
  const end = coverage.until ?? -Infinity
  coverage.reversed = coverage.reversed.filter(({ to }) => to > end)
}

const isRenewal = ({ billingReason }: ItemLine) => billingReason === 'subscription_cycle'

/** Its first bill is the renewal, which may still be paid: once that failed, nothing stands for it. */
function hasNoBill({ paid, reversed, unpaid, until }: Coverage): boolean {
  const isBilledAhead = unpaid.every((line) => isRenewal(line) && PENDING.has(line.standing))
  return until === null && paid.length === 0 && reversed.length === 0 && isBilledAhead
}

/** What the siblings owe has not failed, or ended with what they have paid since. */
function isPendingOrEarlier(siblings: readonly Coverage[]) {
  const until = Math.max(-Infinity, ...siblings.map((sibling) => sibling.until ?? -Infinity))
  return ({ standing, to }: ItemLine) => PENDING.has(standing) || to <= until
}

function isLeftForNextBill(context: ItemContext): boolean {
  const { facts, subscription } = context
  const { latestInvoice, status } = subscription.state
  if (status === 'past_due' || status === 'unpaid' || latestInvoice === null) return false
  const invoice = facts.invoices.get(latestInvoice)
  if (invoice === undefined) return false
  const { billingReason } = invoice.state
  const { standing } = standingOf(context, invoice)
  switch (standing) {
    case 'paid':
    case 'forgiven':
      return true
    case 'draft':
    case 'stuck':
      return billingReason !== 'subscription_update'
    case 'open':
    case 'processing':
      return billingReason === 'subscription_cycle' || isForOthers(context, invoice)
    default:
      // Refused beside an active subscription: a change that is not in force.
      return invoice.state.status === 'paid' || isForOthers(context, invoice)
  }
}

/** A bill seen whole, with no line for the item. */
function isForOthers({ item }: ItemContext, { state }: InvoiceView): boolean {
  return (
    !state.hasMoreLines &&
    state.lines.length > 0 &&
    !state.lines.some((line) => line.subscriptionItem === item.id || line.price === item.price)
  )
}
