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

const CHARGEBACK = ['needs_response', 'under_review', 'lost']

/** Whether a chargeback that can be traced to `target` (an invoice, or a payment itself) stands. */
export function isDisputed(
  sights: readonly Sight[],
  target: string,
  standing: readonly string[] = CHARGEBACK,
): boolean {
  return ofKind(sights, 'dispute').some(({ object }) => {
    const said = statuses(sights, object['id'])
    const stands = standing.some((status) => said.has(status))
    return !said.has('won') && stands && isJoined(sights, object, target)
  })
}

/** A dispute that was settled by giving the money back before it became one. */
export function isPrevented(sights: readonly Sight[], target: string): boolean {
  return isDisputed(sights, target, ['prevented'])
}

/** Whether refunds known as succeeded and never as failed give back at least `amount`. */
export function isRefunded(sights: readonly Sight[], target: string, amount: number): boolean {
  const failed = new Set<unknown>()
  const given = new Map<unknown, number>()
  for (const { object } of ofKind(sights, 'refund')) {
    if (!isJoined(sights, object, target)) continue
    if (object['status'] === 'failed' || object['status'] === 'canceled') failed.add(object['id'])
    if (object['status'] === 'succeeded') given.set(object['id'], Number(object['amount']))
  }
  const sum = [...given].reduce((total, [id, value]) => total + (failed.has(id) ? 0 : value), 0)
  if (sum >= amount) return true
  // A charge that says it gave everything back is enough where no refund is known to have failed.
  return (
    failed.size === 0 &&
    ofKind(sights, 'charge').some(
      ({ object }) => object['refunded'] === true && isJoined(sights, object, target),
    )
  )
}

/**
 * Whether an object of the money (a charge, refund, dispute or intent) can be traced to `target`: it
 * names it, or something else seen names both.
 */
export function isJoined(sights: readonly Sight[], money: Json, target: string): boolean {
  if (mentions(money, target)) return true
  const ids = [money['payment_intent'], money['charge'], money['id']]
  return sights.some(
    ({ object }) =>
      object['object'] !== money['object'] &&
      mentions(object, target) &&
      ids.some((id) => mentions(object, id)),
  )
}

export function ofKind(sights: readonly Sight[], kind: string): Sight[] {
  return sights.filter(({ object }) => object['object'] === kind)
}

export function statuses(sights: readonly Sight[], id: unknown): Set<unknown> {
  return new Set(
    sights.filter(({ object }) => object['id'] === id).map(({ object }) => object['status']),
  )
}

/**
 * The sights that may be the latest: those no gap of over a minute divides from the last one.
 * Between such groups the second of creation decides; within one it is a hint (design, "Facts").
 */
export function latestOf(sights: readonly Sight[]): Sight[] {
  const sorted = [...sights].sort((a, b) => b.at - a.at)
  const gap = sorted.findIndex(
    (sight, index) => (sorted[index - 1]?.at ?? sight.at) - sight.at > 60,
  )
  return gap === -1 ? sorted : sorted.slice(0, gap)
}
