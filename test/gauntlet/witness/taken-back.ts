import type { Subset } from './subset.ts'

const CHARGEBACK: readonly unknown[] = [
  'needs_response',
  'under_review',
  'lost',
  'appeal_needs_response',
  'appeal_under_review',
]
const PREVENTED: readonly unknown[] = ['prevented', 'charge_refunded']

/** Whether a chargeback that can be traced to `target` (an invoice, or a payment itself) stands. */
export function isDisputed(subset: Subset, target: string): boolean {
  return stands(subset, target, CHARGEBACK).length > 0
}

/** Minor units of refunds of `target`, failed ones left out; prevention gives back what it prevents. */
export function refundedOf(subset: Subset, target: string): number {
  const failed = new Map<string, number>()
  const given = new Map<string, number>()
  for (const { id, object } of subset.ofKind('refund')) {
    if (!subset.isJoined(object, target)) continue
    const amount = Number(object['amount'])
    if (object['status'] === 'failed' || object['status'] === 'canceled') failed.set(id, amount)
    else given.set(id, amount)
  }
  let sum = 0
  for (const [id, amount] of given) if (!failed.has(id)) sum += amount
  // A charge may go on showing what a failed refund took for a while.
  if (failed.size === 0) {
    const shown = subset
      .ofKind('charge')
      .filter(({ object }) => object['refunded'] === true && subset.isJoined(object, target))
      .map(({ object }) => Number(object['amount_refunded'] ?? object['amount']))
    sum = Math.max(sum, ...shown)
  }
  return Math.max(sum, ...stands(subset, target, PREVENTED))
}

/** Amounts of disputes that were seen in one of these statuses, and never as won. */
function stands(subset: Subset, target: string, statuses: readonly unknown[]): number[] {
  const won = new Set(
    subset.ofKind('dispute').flatMap(({ id, object }) => (object['status'] === 'won' ? [id] : [])),
  )
  return subset
    .ofKind('dispute')
    .filter(
      ({ id, object }) =>
        !won.has(id) && statuses.includes(object['status']) && subset.isJoined(object, target),
    )
    .map(({ object }) => Number(object['amount']))
}
