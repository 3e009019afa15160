import type { Json } from '../stripe/event.ts'

/** One body, opened: the event's type (or `read`) and its object. */
export interface Sight {
  type: string
  at: number
  object: Json
}

export function mentions(object: Json, id: unknown): boolean {
  return typeof id === 'string' && JSON.stringify(object).includes(`"${id}"`)
}

/** Whether a chargeback that can be traced to `target` (an invoice, or a payment itself) stands. */
export function isDisputed(sights: readonly Sight[], target: string): boolean {
  const disputes = sights.filter((sight) => sight.object['object'] === 'dispute')
  return disputes.some(({ object }) => {
    const said = new Set(
      disputes
        .filter((other) => other.object['id'] === object['id'])
        .map((other) => other.object['status']),
    )
    if (said.has('won')) return false
    const stands = ['needs_response', 'under_review', 'lost'].some((status) => said.has(status))
    return stands && isJoined(sights, object, target)
  })
}

function isJoined(sights: readonly Sight[], dispute: Json, target: string): boolean {
  if (mentions(dispute, target)) return true
  return sights.some(
    ({ object }) =>
      object['object'] !== 'dispute' &&
      mentions(object, target) &&
      (mentions(object, dispute['payment_intent']) || mentions(object, dispute['charge'])),
  )
}

/** Whether refunds known as succeeded and never as failed give back at least `amount`. */
export function isRefunded(sights: readonly Sight[], payment: string, amount: number): boolean {
  const failed = new Set<unknown>()
  const given = new Map<unknown, number>()
  for (const { object } of sights) {
    if (object['object'] !== 'refund' || object['payment_intent'] !== payment) continue
    if (object['status'] === 'failed' || object['status'] === 'canceled') failed.add(object['id'])
    if (object['status'] === 'succeeded') given.set(object['id'], Number(object['amount']))
  }
  const sum = [...given].reduce((total, [id, value]) => total + (failed.has(id) ? 0 : value), 0)
  if (sum >= amount) return true
  // A charge that says it gave everything back is enough where no refund is known to have failed.
  return (
    failed.size === 0 &&
    sights.some(
      ({ object }) =>
        object['object'] === 'charge' &&
        object['payment_intent'] === payment &&
        object['refunded'] === true,
    )
  )
}
