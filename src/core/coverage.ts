import { addInterval, DAY, HOUR, MINUTE } from './calendar.ts'
import { compareText } from './canonical.ts'
import type { ProductPolicy } from './catalog.ts'
import type { Need } from './decision.ts'
import type { BoughtPrice, InvoiceLineState, SubscriptionItemState } from './fact.ts'
import type { Facts } from './facts.ts'
import { standingOf, type Standing } from './invoice-standing.ts'
import type { Joins } from './joins.ts'
import type { InvoiceView } from './views/invoice-view.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** A line of an invoice that concerns one subscription item. */
export interface ItemLine {
  from: number
  to: number
  bought: BoughtPrice
  isProration: boolean
  amount: number
  invoice: string
  billingReason: string | null
  created: number
  standing: Standing
  evidence: string[]
}

/** What the money says of one subscription item. */
export interface Coverage {
  /** Lines whose money stands. */
  paid: ItemLine[]
  /** Lines whose money was taken back: disputed, lost, refunded. */
  reversed: ItemLine[]
  /** Lines that are still to be paid, or never will be. */
  unpaid: ItemLine[]
  /** End of the latest paid period; null: nothing was ever paid. */
  until: number | null
  needs: Need[]
  /** Credits of paid invoices: time given back. */
  credits: ItemLine[]
}

export interface ItemContext {
  facts: Facts
  joins: Joins
  subscription: SubscriptionView
  item: SubscriptionItemState
  policy: ProductPolicy
}

/**
 * Covered until = the end of the latest period that a paid line covers. Lines of a finalised invoice
 * never change, so this needs no order of events (stripe-facts §6.3); `current_period_end` is not
 * money: it jumps ahead about an hour before the renewal is even charged (row 40).
 */
export function coverItem(context: ItemContext): Coverage {
  const coverage: Coverage = {
    paid: [],
    reversed: [],
    unpaid: [],
    until: null,
    needs: [],
    credits: [],
  }
  const { facts, joins, subscription } = context
  for (const id of [...(joins.invoicesOfSubscription.get(subscription.id) ?? [])].sort()) {
    const invoice = facts.invoices.get(id)
    if (invoice !== undefined) addInvoice(coverage, context, invoice)
  }
  if (context.item.isMetered) coverMetered(coverage, context)
  else coverLicensed(coverage)
  return coverage
}

function addInvoice(coverage: Coverage, context: ItemContext, invoice: InvoiceView): void {
  const lines = invoice.state.lines.filter(
    (line) => concerns(line, context) || isOfPredecessor(line, invoice, context),
  )
  if (!lines.some((line) => line.isSubscriptionLine && !line.isProration)) {
    if (invoice.state.hasMoreLines) {
      coverage.needs.push({
        type: 'invoice',
        object: invoice.id,
        reason: 'has more lines than the event carried',
      })
    }
    if (lines.length === 0) return
  }
  const { standing, evidence, needs } = standingOf(context, invoice)
  coverage.needs.push(...needs)
  for (const line of lines) {
    const isCredit = line.isProration && line.amount < 0
    if (line.periodEnd === null || (!isCredit && !isCharge(line, context))) continue
    const covering: ItemLine = {
      from: line.periodStart ?? line.periodEnd,
      to: line.periodEnd,
      bought: line,
      isProration: line.isProration,
      amount: line.amount,
      invoice: invoice.id,
      billingReason: invoice.state.billingReason,
      created: invoice.state.created ?? invoice.firstAt,
      standing,
      evidence,
    }
    if (isCredit) {
      if (standing === 'paid') coverage.credits.push(covering)
    } else if (standing === 'paid' || standing === 'forgiven') coverage.paid.push(covering)
    else if (standing === 'disputed' || standing === 'lost' || standing === 'refunded') {
      coverage.reversed.push(covering)
    } else coverage.unpaid.push(covering)
  }
}

/** Newer payloads name the item; old ones only the subscription and the plan (stripe-facts §2.3). */
function concerns(line: InvoiceLineState, { subscription, item }: ItemContext): boolean {
  if (line.subscriptionItem !== null) return line.subscriptionItem === item.id
  if (line.subscription !== null && line.subscription !== subscription.id) return false
  if (!line.isSubscriptionLine && !line.isProration) return false
  return subscription.state.items.length === 1 || line.price === item.price
}

/** An item put in the place of one that is gone stands on what was paid for that one. */
function isOfPredecessor(
  line: InvoiceLineState,
  invoice: InvoiceView,
  { subscription, item }: ItemContext,
): boolean {
  if (line.subscriptionItem === null || item.created === null || item.isMetered || line.isMetered)
    return false
  const isGone = !subscription.state.items.some(({ id }) => id === line.subscriptionItem)
  return isGone && (invoice.state.created ?? invoice.firstAt) < item.created
}

/** A credit covers nothing, and a $0 line covers unless its period is the trial (row 9). */
function isCharge(line: InvoiceLineState, context: ItemContext): boolean {
  if (line.isProration) return line.amount > 0 || isFree(line, context)
  return line.amount !== 0 || !isTrialLine(line, context)
}

/** A change to what costs nothing: the time of the old price at $0 tells nothing of the sort. */
function isFree({ amount, price, quantity }: InvoiceLineState, { item }: ItemContext): boolean {
  return amount === 0 && price === item.price && (item.unitAmount === 0 || quantity === 0)
}

function isTrialLine(line: InvoiceLineState, { subscription, item }: ItemContext): boolean {
  if (item.isMetered) return false
  const { trialStart, trialEnd } = subscription.state
  // A licensed price that costs something appears at $0 only in a trial: discounts leave the line whole.
  if (line.price === item.price && (item.unitAmount ?? 0) > 0 && line.quantity > 0) return true
  if (trialEnd === null || line.periodEnd === null || item.unitAmount === 0) return false
  // A trial cut short leaves its $0 line with the period first planned, so its start counts as well.
  const startsWithTrial =
    trialStart !== null &&
    line.periodStart !== null &&
    Math.abs(line.periodStart - trialStart) <= DAY
  return line.periodEnd <= trialEnd || startsWithTrial
}

/**
 * Time that a paid bill credits back is no longer that of the line it was billed by (rows 53, 60).
 * One credit is for one line: the oldest of its price that reaches as far, unless the bill itself
 * first charges what it credits (several changes billed together).
 */
function giveBack(
  lines: readonly ItemLine[],
  credits: readonly ItemLine[],
): ReadonlyMap<ItemLine, number> {
  const ends = new Map<ItemLine, number>()
  const oldestFirst = [...lines].sort(inOrder)
  for (const credit of [...credits].sort(inOrder)) {
    const line =
      oldestFirst.find((candidate) => isOwnCharge(candidate, credit)) ??
      oldestFirst.find((candidate) => !ends.has(candidate) && isCreditedBy(candidate, credit))
    if (line !== undefined) ends.set(line, credit.from)
  }
  return ends
}

function isOwnCharge({ amount, bought, from, invoice, to }: ItemLine, credit: ItemLine): boolean {
  const isUndone =
    from === credit.from && amount === -credit.amount && bought.quantity === credit.bought.quantity
  return (
    invoice === credit.invoice &&
    bought.price === credit.bought.price &&
    Math.abs(credit.to - to) <= MINUTE &&
    (from < credit.from || isUndone)
  )
}

/** Oldest first; of one second, what is billed for a period before changes within it. */
export function inOrder(a: ItemLine, b: ItemLine): number {
  return (
    a.created - b.created ||
    Number(a.isProration) - Number(b.isProration) ||
    a.from - b.from ||
    compareText(a.invoice, b.invoice)
  )
}

function isCreditedBy({ bought, created, from, invoice, to }: ItemLine, credit: ItemLine): boolean {
  return (
    invoice !== credit.invoice &&
    created <= credit.created &&
    bought.price === credit.bought.price &&
    Math.abs(credit.to - to) <= MINUTE &&
    from <= credit.from
  )
}

function cut(lines: readonly ItemLine[], ends: ReadonlyMap<ItemLine, number>): ItemLine[] {
  return lines
    .map((line) => ({ ...line, to: ends.get(line) ?? line.to }))
    .filter((line) => line.to > line.from)
}

/**
 * A change within a period is no payment for the period itself, nor for an earlier change that it
 * credits and nobody paid; what reaches beyond those is a payment.
 */
function isOnUnpaidBase(
  proration: ItemLine,
  { paid, unpaid, credits }: Pick<Coverage, 'paid' | 'unpaid' | 'credits'>,
): boolean {
  const billed = [...paid, ...unpaid]
  const credited = credits.filter(
    (credit) =>
      credit.invoice === proration.invoice && !billed.some((line) => isOwnCharge(line, credit)),
  )
  const isCredited = (line: ItemLine) =>
    credited.some(
      (credit) => line.bought.quantity === credit.bought.quantity && isCreditedBy(line, credit),
    )
  const isBase = (line: ItemLine) =>
    !line.isProration &&
    line.amount > 0 &&
    line.invoice !== proration.invoice &&
    line.created <= proration.created &&
    line.from <= proration.from &&
    line.to > proration.from
  const hasCredited = billed.some(isCredited)
  const isMeant = (line: ItemLine) =>
    (hasCredited ? isCredited(line) : isBase(line)) && line.to >= proration.to
  return unpaid.some(isMeant) && !paid.some(isMeant)
}

/** Oldest first: what stands on a change that nobody paid is itself not paid. */
function withoutHollow({ paid, unpaid, credits }: Coverage): ItemLine[] {
  const kept = paid.filter(({ isProration }) => !isProration)
  const owed = [...unpaid]
  for (const line of paid.filter(({ isProration }) => isProration).sort(inOrder)) {
    const isHollow = isOnUnpaidBase(line, { paid: kept, unpaid: owed, credits })
    ;(isHollow ? owed : kept).push(line)
  }
  return kept
}

function coverLicensed(coverage: Coverage): void {
  const charged = coverage.paid
  coverage.paid = withoutHollow(coverage)
  const ends = giveBack([...charged, ...coverage.reversed], coverage.credits)
  coverage.paid = cut(coverage.paid, ends)
  coverage.reversed = cut(coverage.reversed, ends)
  for (const { to } of coverage.paid) coverage.until = Math.max(to, coverage.until ?? to)
}

/**
 * Metered prices bill in arrears (row 38): a paid line for a past period covers the period after it,
 * an unpaid one is a debt from its period's end on, and before the first invoice nothing is due (row 36).
 */
function coverMetered(coverage: Coverage, context: ItemContext): void {
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
    const end = start === null ? null : periodAfter(start, line.to, item)
    if (end !== null) return end
  }
  return addInterval(line.to, item.interval, item.intervalCount) ?? line.to + (line.to - line.from)
}

/** More periods than any subscription has had. */
const MAX_PERIODS = 2000

/** End of the period that begins at `at`, of those counted from `start`; null: none begins then. */
function periodAfter(
  start: number,
  at: number,
  { interval, intervalCount }: SubscriptionItemState,
): number | null {
  for (let count = 1; count <= MAX_PERIODS; count += 1) {
    const begin = addInterval(start, interval, intervalCount * count)
    if (begin === null || begin > at + MINUTE) return null
    if (begin >= at - MINUTE) return addInterval(start, interval, intervalCount * (count + 1))
  }
  return null
}
