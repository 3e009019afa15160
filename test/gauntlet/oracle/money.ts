import type { Policy } from '../../../src/core/catalog.ts'
import type { Charge, Invoice } from '../../../src/sandbox/tables.ts'
import type { Ledger } from './ledger.ts'

/** What became of money after it came in. */
export interface Taken {
  readonly disputed: boolean
  readonly refunded: 'none' | 'partly' | 'fully'
}

/** Statuses in which a bank holds the money back, or has kept it (SPEC R20). */
const AGAINST_US: ReadonlySet<string> = new Set([
  'needs_response',
  'under_review',
  'lost',
  'appeal_needs_response',
  'appeal_under_review',
])

/** What was taken back of these charges: disputes on any of them, refunds of them together. */
export function takenBack(ledger: Ledger, charges: readonly Charge[]): Taken {
  const disputes = charges.flatMap(({ id }) => ledger.disputesOf(id))
  const captured = charges.reduce((sum, charge) => sum + charge.amount_captured, 0)
  const refunded = charges.reduce((sum, charge) => sum + refundedOf(ledger, charge), 0)
  // Prevented: given back before it became a dispute; as a refund of all (SPEC R20).
  const isPrevented = disputes.some(({ status }) => status === 'prevented')
  return {
    disputed: disputes.some(({ status }) => AGAINST_US.has(status)),
    refunded:
      isPrevented || (captured > 0 && refunded >= captured)
        ? 'fully'
        : refunded > 0
          ? 'partly'
          : 'none',
  }
}

/** Refunds that failed or were canceled gave nothing back (stripe-facts row 76). */
function refundedOf(ledger: Ledger, charge: Charge): number {
  const given = ledger
    .refundsOf(charge.id)
    .filter(({ status }) => status !== 'failed' && status !== 'canceled')
    .reduce((sum, { amount }) => sum + amount, 0)
  return Math.max(given, charge.amount_refunded)
}

export function chargesOfInvoice(ledger: Ledger, invoice: string): readonly Charge[] {
  return ledger.intentsOf(invoice).flatMap(({ id }) => ledger.chargesOf(id))
}

/** How an invoice counts for what it bills. */
export type Standing = 'stands' | 'forgiven' | 'taken' | 'none'

/** Whether a subscription's invoice pays for its lines, under the policy of what they sell. */
export function standingOf(ledger: Ledger, invoice: Invoice, policy: Policy): Standing {
  if (invoice.status === 'paid') {
    const taken = takenBack(ledger, chargesOfInvoice(ledger, invoice.id))
    if (taken.disputed && policy.dispute === 'suspend') return 'taken'
    const isRevoked =
      taken.refunded === 'fully' ||
      (taken.refunded === 'partly' && policy.partialRefund === 'revoke')
    return isRevoked && policy.subscriptionRefund === 'revoke' ? 'taken' : 'stands'
  }
  // Whose pauses suspend forgives nothing.
  if (policy.pauseCollection === 'suspend' || invoice.status === 'open') return 'none'
  return isMadeInPause(ledger, invoice) ? 'forgiven' : 'none'
}

/**
 * "Your customer retains access": nobody was to pay what was billed while collection was paused (row
 * 65), its first and last second counted in: nobody can tell what came first in those. What was asked
 * for after the pause, and given up later, is a bill like any other.
 */
function isMadeInPause(ledger: Ledger, invoice: Invoice): boolean {
  const subscription = invoice.parent?.subscription_details?.subscription
  if (subscription === undefined || subscription === null) return false
  const { finalized_at: asked, voided_at: voided } = invoice.status_transitions
  const givenUp = voided ?? invoice.status_transitions.marked_uncollectible_at
  const isPaused = (second: number) => isPausedIn(ledger, subscription, second)
  if (!isPaused(invoice.created)) return false
  return givenUp === null || givenUp === asked || isPaused(givenUp)
}

function isPausedIn(ledger: Ledger, subscription: string, second: number): boolean {
  const versions = ledger.versions('subscription', subscription)
  const before = versions.findLast(({ at }) => at < second)
  return [
    ...(before === undefined ? [] : [before]),
    ...versions.filter(({ at }) => at === second),
  ].some(({ value }) => (value.pause_collection ?? null) !== null)
}
