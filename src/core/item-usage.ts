import { calendarOf, periodBefore, type Calendar } from './billing-periods.ts'
import { HOUR } from './calendar.ts'
import type { CatalogProduct } from './compile-catalog.ts'
import type { Coverage, ItemContext, ItemLine } from './item-line.ts'
import type { BoughtPrice } from './fact.ts'
import type { BoughtPeriod, SourceUsage } from './source-usage.ts'

interface ItemUsageOptions {
  context: ItemContext
  coverage: Coverage
  /** What the item gives now. */
  product: CatalogProduct
  quantity: number
  /** Catalog product of a price billed for the item. */
  match(bought: BoughtPrice): CatalogProduct | null
}

/** The billing periods of one subscription item, and what the money of each has bought. */
export function itemUsage(options: ItemUsageOptions): SourceUsage {
  const { item, subscription } = options.context
  const { interval, intervalCount, periodEnd } = item
  const calendar = calendarOfItem(options.context)
  const startedAt = startOf(options.context)
  const periodStart =
    item.periodStart === null || periodEnd === null
      ? item.periodStart
      : wholeStart(calendar, startedAt, item.periodStart, periodEnd)
  return {
    group: subscription.id,
    periodStart,
    periodEnd,
    interval,
    intervalCount,
    anchor: calendar?.anchor ?? null,
    givenAt: startedAt,
    endsAt: null,
    bought: boughtPeriods(options, calendar, periodStart),
  }
}

function startOf({ item, subscription: { state } }: ItemContext): number | null {
  return state.startDate ?? state.created ?? item.periodStart
}

/**
 * The payload does not say from which second Stripe counts: of those it may be, the first that the
 * period's end agrees with.
 */
function calendarOfItem({ item, subscription: { state } }: ItemContext): Calendar | null {
  const { interval, intervalCount, periodEnd, periodStart } = item
  if (periodEnd === null) return null
  // Paid periods are counted from the end of the trial, whatever day it began on.
  if (periodEnd === state.trialEnd) return calendarOf(periodEnd, interval, intervalCount)
  for (const start of [state.startDate, state.created, state.trialEnd, periodStart]) {
    const calendar = calendarOf(start, interval, intervalCount)
    if (calendar !== null && periodBefore(calendar, periodEnd) !== null) return calendar
  }
  return calendarOf(periodEnd, interval, intervalCount)
}

/** An item added or replaced within a period belongs to the whole of it: what was used stays used. */
function wholeStart(
  calendar: Calendar | null,
  startedAt: number | null,
  from: number,
  to: number,
): number {
  const whole = calendar === null ? null : periodBefore(calendar, to)
  const isWhole = whole !== null && whole.from <= from && whole.from >= (startedAt ?? -Infinity)
  return isWhole ? whole.from : from
}

/** What was paid for each period: the latest change within it tells how much it came to give. */
function boughtPeriods(
  { context, coverage, product, quantity, match }: ItemUsageOptions,
  calendar: Calendar | null,
  periodStart: number | null,
): BoughtPeriod[] {
  const startedAt = startOf(context)
  const paid = new Set(coverage.paid)
  const periods = new Map<number, ItemLine[]>()
  for (const line of [...coverage.paid, ...coverage.reversed]) {
    // A change within a period is billed from the change on.
    const from = line.isProration ? wholeStart(calendar, startedAt, line.from, line.to) : line.from
    periods.set(from, [...(periods.get(from) ?? []), line])
  }
  const isCutShort = (from: number, to: number) => {
    const { endedAt } = context.subscription
    const end = from === periodStart ? (context.item.periodEnd ?? to) : to
    return endedAt !== null && from <= endedAt && endedAt < end - HOUR
  }
  const found = [...periods].flatMap(([from, lines]) => {
    const bases = lines.filter(({ isProration }) => !isProration)
    const isReversed = !(bases.length > 0 ? bases : lines).some((line) => paid.has(line))
    const standing = lines.filter((line) => paid.has(line))
    const line = [...(standing.length > 0 ? standing : lines)].sort(latestFirst)[0]
    const bought = line === undefined ? null : match(line.bought)
    if (line === undefined || bought === null) return []
    const isTaken = isReversed || isCutShort(from, line.to)
    return { from, to: line.to, product: bought, quantity: line.bought.quantity, isTaken }
  })
  const { trialStart, trialEnd } = context.subscription.state
  if (context.policy.trial === 'grant' && trialStart !== null && trialEnd !== null) {
    const isTaken = isCutShort(trialStart, trialEnd)
    found.push({ from: trialStart, to: trialEnd, product, quantity, isTaken })
  }
  return found.sort((a, b) => a.from - b.from)
}

function latestFirst(a: ItemLine, b: ItemLine): number {
  return b.to - a.to || b.created - a.created || b.bought.quantity - a.bought.quantity
}
