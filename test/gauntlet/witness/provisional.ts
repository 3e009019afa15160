import { DAY, HOUR } from './seconds.ts'
import { isStanding } from './bill.ts'
import { isDead } from './extended.ts'
import { isPaidSession } from './money.ts'
import { isOver, type View } from './view.ts'
import type { Ware } from './wares.ts'

/** A subscription that only its Checkout, or a paid bill, tells of so far: for three days (R03). */
export function provisionalUntil(view: View, ware: Ware): number {
  if (view.snapshots.length > 0 || isOver(view)) return -Infinity
  const { sessions, bills, subset, wares } = view
  const bounds = [-Infinity]
  for (const { object } of sessions.filter(isPaidSession)) {
    const isNamed =
      wares.named((object['metadata'] as Record<string, unknown>)['proviso_product']) === ware
    const invoice = bills.find(({ id }) => id === object['invoice'])
    const isBilled = invoice?.lines.some((line) => line.ware === ware) === true
    const isRead = JSON.stringify(object['line_items'] ?? null) !== 'null'
    const isBad =
      invoice !== undefined &&
      (isDead(invoice) || (invoice.isPaid && !isStanding(subset, invoice, ware)))
    const first = Math.min(
      ...sessions.filter(({ object: each }) => each['status'] === 'complete').map(({ at }) => at),
    )
    const completed = Math.min(first, Number(object['created']) + DAY)
    if ((isNamed || isBilled || isRead) && !isBad) bounds.push(completed + 72 * HOUR)
  }
  for (const bill of bills) {
    const lines = bill.lines.filter(({ amount, ware: sold }) => amount > 0 && sold === ware)
    if (lines.length === 0 || !isStanding(subset, bill, ware)) continue
    bounds.push(Math.min(bill.paidAt + 72 * HOUR, Math.max(...bill.lines.map(({ to }) => to))))
  }
  return Math.max(...bounds)
}
