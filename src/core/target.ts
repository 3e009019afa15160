import { DAY } from './calendar.ts'
import type { Coverage, ItemContext, ItemLine } from './item-line.ts'
import type { Need } from './decision.ts'
import type { BoughtPrice } from './fact.ts'
import type { Facts } from './facts.ts'

const OWED: ReadonlySet<string> = new Set([
  'open',
  'processing',
  'retried',
  'failed',
  'void',
  'uncollectible',
  'disputed',
  'lost',
  'refunded',
  // Let go, on top of what nobody paid.
  'forgiven',
])

/** Of a renewal, whatever it settles of changes before it (R08). */
const MAY_COME: ReadonlySet<string> = new Set(['open', 'processing'])

const ON_TERMS: ReadonlySet<string> = new Set(['draft', 'open', 'processing', 'retried'])

/**
 * Which price and quantity the item gives now. Stripe shows a new plan or seat count before its money
 * is there, and leaves it when the payment fails (row 55): under `keepOld` what paid lines cover stays.
 */
export function targetOf(
  context: ItemContext,
  coverage: Coverage,
  now: number,
): { bought: BoughtPrice; needs: Need[] } {
  const { facts, item, policy, subscription } = context
  const current = { bought: item, needs: [] }
  if (item.isMetered || policy.unpaidUpgrade === 'grantNew') return current
  const base = basis(coverage, now)
  if (base === undefined) return current
  const isPaid = coverage.paid.some(
    ({ bought, to }) =>
      to >= base.to && bought.price === item.price && bought.quantity >= item.quantity,
  )
  if (isPaid) return current
  const isLess = base.bought.price === item.price && base.bought.quantity >= item.quantity
  if (isLess) return current
  const { latestInvoice, status } = subscription.state
  const isCovered = base.to > now
  const letGo = coverage.hollow.filter(({ standing }) => standing === 'forgiven')
  const isOwed = [...coverage.unpaid, ...letGo, ...coverage.reversed].some(
    ({ standing, amount, billingReason, created, invoice, to }) =>
      // A bill made for the change itself is finalised at once: as a draft it is merely not seen open.
      ((OWED.has(standing) &&
        !(billingReason === 'subscription_cycle' && MAY_COME.has(standing))) ||
        (billingReason === 'subscription_update' && isAsked(facts, invoice))) &&
      !isOnTerms(context, standing, created, now) &&
      amount > 0 &&
      // A bill of its own, in the second of the paid one or after it.
      invoice !== base.invoice &&
      created >= base.created &&
      // What is billed at the renewal itself is the renewal, unless it is a bill for the change alone.
      (isCovered ? to > now : billingReason === 'subscription_update' || created < base.to),
  )
  if (status === 'past_due' || status === 'unpaid' || isOwed) {
    return { bought: base.bought, needs: [] }
  }
  if (!isCovered) return current
  if (latestInvoice !== null && !facts.invoices.has(latestInvoice)) {
    return {
      bought: base.bought,
      needs: [
        {
          type: 'invoice',
          object: latestInvoice,
          reason: 'decides whether the changed plan or quantity is paid',
        },
      ],
    }
  }
  // No bill was made for the change: it is charged with the next one (row 54).
  return current
}

/** A draft that asks for nothing will be paid by being made final: it owes nothing. */
function isAsked(facts: Facts, invoice: string): boolean {
  return (facts.invoices.get(invoice)?.state.amountDue ?? 1) > 0
}

/** Sold on account: a sent invoice is no failure before it is due and its grace is over (R11). */
function isOnTerms(
  { policy, subscription }: ItemContext,
  standing: string,
  created: number,
  now: number,
): boolean {
  const { collectionMethod, daysUntilDue } = subscription.state
  if (collectionMethod !== 'send_invoice' || policy.sendInvoice === 'paidOnly') return false
  return (
    ON_TERMS.has(standing) && now < created + ((daysUntilDue ?? 0) + policy.pastDueGraceDays) * DAY
  )
}

/** The paid line the item stands on: the latest bill of those that reach furthest. */
function basis(coverage: Coverage, now: number): ItemLine | undefined {
  const covering = coverage.paid.filter(({ to }) => to > now)
  const lines = covering.length > 0 ? covering : coverage.paid
  return [...lines].sort(
    (a, b) =>
      (covering.length > 0 ? 0 : b.to - a.to) ||
      b.created - a.created ||
      b.bought.quantity - a.bought.quantity ||
      (a.invoice < b.invoice ? -1 : 1),
  )[0]
}
