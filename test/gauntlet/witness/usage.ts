import type { Json } from '../../support/stripe/index.ts'
import type { Anchor } from './anchor.ts'
import { isStanding } from './bill.ts'
import { DAY, HOUR, intervalOf } from './seconds.ts'
import type { Sight } from './sight.ts'
import { holds, itemsOf, periodsOf, priceOf, type View } from './view.ts'
import type { Ware } from './wares.ts'

/** Usage is billed for the period before: nothing is due until then, and a paid bill begins another. */
export function forUsage(view: View, ware: Ware): Anchor[] {
  const { snapshots, bills, wares } = view
  const nothingDue = snapshots
    .filter((sight) => isNothingDue(sight, view))
    .flatMap((sight) =>
      holds(sight, ware, wares) ? periodsOf(sight).map(({ to }) => ({ to, isOwn: true })) : [],
    )
  const lengths = snapshots
    .flatMap(itemsOf)
    .flatMap((item) => (wares.isMetered(priceOf(item)) ? intervalOf(item) : []))
  const length = Math.max(31 * DAY, ...lengths)
  const usage = bills.flatMap((bill) =>
    bill.lines
      .filter(({ ware: sold, price }) => sold === ware && wares.isMetered(price))
      .map((line) => ({ bill, line, isStanding: isStanding(view.subset, bill, ware) })),
  )
  const paidThrough = Math.max(
    -Infinity,
    ...usage.filter((each) => each.isStanding).map(({ line }) => line.to),
  )
  // What is owed for usage ends the time in which nothing was due.
  const debts = usage.filter(
    (each) => !each.isStanding && each.line.amount > 0 && each.line.to > paidThrough,
  )
  const cap = Math.min(Infinity, ...debts.map(({ line }) => line.to))
  const covered = usage
    .filter((each) => each.isStanding || each.line.amount === 0)
    .map(({ line, bill }) => (line.to <= bill.created + HOUR ? line.to + length : line.to))
  return [...nothingDue.map(({ to }) => to), ...covered, ...debts.map(({ line }) => line.to)].map(
    (to) => ({ to: Math.min(to, cap), isOwn: true }),
  )
}

/** Stripe names no invoice, or a paid one that bills no usage; and no item would make one before its period ends. */
function isNothingDue(sight: Sight, { bills, wares }: View): boolean {
  const items = itemsOf(sight)
  const named = sight.object['latest_invoice'] ?? null
  const isOther = bills.some(
    ({ id, isPaid, lines }) =>
      id === named && isPaid && !lines.some(({ price }) => wares.isMetered(price)),
  )
  return (
    (named === null || isOther) &&
    sight.object['status'] === 'active' &&
    items.every((item) => {
      const price = (item['price'] ?? item['plan'] ?? {}) as Json
      const recurring = (price['recurring'] ?? price) as Json
      return recurring['usage_type'] === 'metered' || price['unit_amount'] === 0
    })
  )
}
