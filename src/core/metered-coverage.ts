import { calendarOf, periodAfter } from './billing-periods.ts'
import { addInterval, DAY, HOUR } from './calendar.ts'
import type { Coverage, ItemContext, ItemLine } from './item-line.ts'

/**
 * Metered prices bill in arrears (row 38): a paid line for a past period covers the period after it,
 * an unpaid one is a debt from its period's end on, and before the first invoice nothing is due (row 36).
 */
export function coverMetered(coverage: Coverage, context: ItemContext): void {
  const { item, subscription } = context
  let until: number | null = subscription.nothingDueUntil.get(item.id) ?? null
  let paidThrough = -Infinity
  for (const line of coverage.paid) {
    const end = isArrears(line) ? nextPeriodEnd(line, context) : line.to
    paidThrough = Math.max(paidThrough, line.to)
    until = Math.max(end, until ?? end)
  }
  // A bill under way that asks nothing for usage tells at least that nothing was due before it.
  for (const line of coverage.unpaid) {
    if (until !== null && line.amount === 0 && isArrears(line)) until = Math.max(until, line.to)
  }
  const debts = coverage.unpaid.filter(({ amount, to }) => amount > 0 && to > paidThrough)
  const firstDebt = debts.reduce<number | null>((first, { to }) => Math.min(to, first ?? to), null)
  if (until === null && coverage.reversed.length === 0) until = unbilledUntil(coverage, context)
  if (firstDebt !== null) {
    const start = subscription.state.startDate ?? subscription.state.created
    const isFirstPeriod = debts.some(
      ({ from, to }) => to === firstDebt && start !== null && from <= start + DAY,
    )
    if (until !== null || isFirstPeriod) until = firstDebt
  }
  coverage.until = until
}

function isArrears({ to, created }: ItemLine): boolean {
  return to <= created + HOUR
}

/** A paid bill for something else owes nothing for usage: its own first bill comes in arrears (row 36). */
function unbilledUntil(
  { unpaid }: Coverage,
  { facts, subscription, item }: ItemContext,
): number | null {
  const latest = facts.invoices.get(subscription.state.latestInvoice ?? '')
  const isOwed = subscription.state.items.some(({ isMetered }) => !isMetered) || unpaid.length > 0
  return !isOwed && latest?.state.status === 'paid' ? item.periodEnd : null
}

function nextPeriodEnd(line: ItemLine, context: ItemContext): number {
  const { item, subscription } = context
  const end = endOfCycle(line, context)
  const { periodStart, periodEnd } = item
  if (periodStart === null || periodEnd === null) return end
  // Begun anew meanwhile, with nothing left to pay: what was used so far is billed with the next bill.
  const latest = context.facts.invoices.get(subscription.state.latestInvoice ?? '')
  const isAnew = periodStart > line.to && periodStart < end && latest?.state.status === 'paid'
  return periodStart === line.to || isAnew ? periodEnd : end
}

function endOfCycle(line: ItemLine, { item, subscription }: ItemContext): number {
  // A month after 28 February is 31 March where the subscription began on a 31st.
  const { startDate, created, trialEnd } = subscription.state
  for (const start of [startDate, created, trialEnd]) {
    const calendar = calendarOf(start, item.interval, item.intervalCount)
    const next = calendar === null ? null : periodAfter(calendar, line.to)
    if (next !== null) return next.to
  }
  return addInterval(line.to, item.interval, item.intervalCount) ?? line.to + (line.to - line.from)
}
