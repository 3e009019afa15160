import type { Policy } from '../../../src/core/catalog.ts'
import type { Subscription, SubscriptionItem } from '../../../src/sandbox/tables.ts'
import { billedLines, isTrial, priceOf, type BilledLine, type Stretch } from './cover.ts'
import type { Ledger } from './ledger.ts'

/**
 * What a metered item's bills are for, as time. Usage is billed when its period is over (stripe-facts
 * row 38): who has paid it may go on for the next one, and who has not owes since the period's end.
 * Before the first bill nothing is owed (row 36).
 */
export function usageStretches(
  ledger: Ledger,
  subscription: Subscription,
  item: SubscriptionItem,
  policy: Policy,
): Stretch[] {
  const billed = billedLines(ledger, item.id, policy)
    .filter((entry) => entry.line.amount >= 0 && !isTrial(ledger, subscription, entry))
    .map((entry) => stretchOf(ledger, subscription, item, entry))
  const start = subscription.trial_end ?? subscription.start_date
  const end = Math.min(item.current_period_end, ...billed.map((stretch) => stretch.start))
  const first: Stretch = {
    ...{ start, end, price: item.price.id, quantity: item.quantity ?? null },
    ...{ invoice: null, standing: 'stands' },
  }
  return start < end ? [first, ...billed] : billed
}

function stretchOf(
  ledger: Ledger,
  subscription: Subscription,
  item: SubscriptionItem,
  { invoice, line, standing }: BilledLine,
): Stretch {
  const { start, end } = line.period
  // Classic mode begins with a line of nothing for the period to come (row 37).
  const isAhead = end > invoice.created
  return {
    start: isAhead ? start : end,
    end: isAhead ? end : periodEndAfter(ledger, subscription, item, end),
    ...{ price: priceOf(line), quantity: line.quantity, invoice, standing },
  }
}

/**
 * When the item's period that holds a second ends. Where a pause of the subscription cut that short,
 * nothing was billed, and it goes on with the first period after the pause.
 */
function periodEndAfter(
  ledger: Ledger,
  subscription: Subscription,
  item: SubscriptionItem,
  second: number,
): number {
  const periods = ledger
    .versions('subscription', subscription.id)
    .flatMap(({ value }) => value.items.data)
    .filter(({ id }) => id === item.id)
    .map(({ current_period_start: start, current_period_end: end }) => ({ start, end }))
  let end = periods.findLast((period) => period.start <= second && second < period.end)?.end
  while (end !== undefined) {
    const cutAt: number = end
    if (periods.some(({ start }) => start === cutAt)) break
    const after = periods.find(({ start }) => start > cutAt)
    if (after === undefined) break
    end = periods.findLast(({ start }) => start === after.start)?.end
  }
  return end ?? item.current_period_end
}
