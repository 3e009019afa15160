import { DAY, HOUR } from './seconds.ts'
import { type Bill, isStanding } from './bill.ts'
import { numberIn } from './sight.ts'
import { isAll, isAny, periodsOf, type View } from './view.ts'
import type { Ware } from './wares.ts'

/** How long past an anchor the next bill may be waited for. */
export function extended(view: View, ware: Ware, anchor: number): number {
  if (anchor === -Infinity) return -Infinity
  const { latest, bills, subset } = view
  const { policy } = ware
  const taken = bills.filter((bill) => bill.isPaid && !isStanding(subset, bill, ware))
  // Money that was taken back leaves neither window nor grace behind.
  if (taken.some(({ lines }) => lines.some(({ to, amount }) => amount > 0 && to > anchor))) {
    return anchor
  }
  if (isAll(view, 'unpaid')) return anchor
  const bounds = [anchor]
  const paused = latest.filter(({ object }) => (object['pause_collection'] ?? null) !== null)
  if (policy.pauseCollection === 'keep')
    bounds.push(
      ...paused.map((sight) => {
        const resumes = numberIn(
          (sight.object['pause_collection'] as { resumes_at?: unknown }).resumes_at,
        )
        if (resumes === null) return Infinity
        const period = Math.max(0, ...periodsOf(sight).map(({ to }) => to))
        return Math.max(resumes, period, anchor) + policy.renewalWindowHours * HOUR
      }),
    )
  if (paused.length === latest.length && policy.pauseCollection === 'suspend') return anchor
  const next = nextBills(view, ware, anchor)
  if (latest.some(({ object }) => object['collection_method'] === 'send_invoice')) {
    bounds.push(onTerms(view, ware, anchor, next))
  }
  const isCharged = latest.some(({ object }) => object['collection_method'] !== 'send_invoice')
  return Math.max(...bounds, isCharged ? charged(view, ware, anchor, next) : anchor)
}

/** Bills, not paid, for the time that begins at the anchor (usage: that ends there). */
function nextBills({ bills, wares }: View, { policy }: Ware, anchor: number): Bill[] {
  const last = anchor + policy.renewalWindowHours * HOUR
  return bills.filter(
    (bill) =>
      !bill.isPaid &&
      bill.lines.some(
        ({ from, to, price }) =>
          (to > anchor && from <= last) || (wares.isMetered(price) && Math.abs(to - anchor) <= 60),
      ),
  )
}

/** Until due, then the grace (SPEC, R11). */
export function onTerms(
  { latest }: View,
  { policy }: Ware,
  anchor: number,
  next: readonly Bill[],
): number {
  if (policy.sendInvoice === 'paidOnly') return anchor
  const grace = policy.pastDueGraceDays * DAY
  const days = Math.max(0, ...latest.map(({ object }) => Number(object['days_until_due'] ?? 0)))
  const dues = next.map(
    ({ due, finalized, created }) => due ?? (finalized ?? created + HOUR) + days * DAY,
  )
  // A bill that was not seen is made final about an hour after the anchor (stripe-facts row 40).
  return Math.max(...(dues.length === 0 ? [anchor + HOUR + days * DAY] : dues)) + grace
}

/** The window; after a failure the grace; a debit under way; a bill Stripe cannot finalise. */
function charged(view: View, ware: Ware, anchor: number, next: readonly Bill[]): number {
  const { policy } = ware
  const window = anchor + policy.renewalWindowHours * HOUR
  const grace = policy.pastDueGraceDays * DAY
  const isFailed = isAll(view, 'past_due') || (next.length > 0 && next.every(isDead))
  const bounds = [anchor]
  if (!isFailed) bounds.push(window)
  for (const bill of next) {
    if (isDead(bill) || isAny(view, 'past_due')) bounds.push((bill.finalized ?? anchor) + grace)
    const isSettling = bill.isUnderWay && !isDead(bill) && !isAll(view, 'past_due')
    if (isSettling) bounds.push(anchor + policy.processingDays * DAY)
    if (bill.isStuck) bounds.push(...bill.lines.map(({ to }) => to))
  }
  if (next.length === 0 && isAny(view, 'past_due')) bounds.push(anchor + grace)
  return Math.max(...bounds)
}

export function isDead({ isVoid, isWrittenOff, isFailed }: Bill): boolean {
  return isVoid || isWrittenOff || isFailed
}
