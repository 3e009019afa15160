import type { Json } from '../../support/stripe/index.ts'
import type { Anchor } from './anchor.ts'
import { type Bill, type BillLine, isStanding } from './bill.ts'
import { isPaidSession } from './money.ts'
import { DAY, HOUR, intervalOf } from './seconds.ts'
import { numberIn } from './sight.ts'
import { isDisputed } from './taken-back.ts'
import { forUsage } from './usage.ts'
import { holds, isAll, isAny, itemsOf, periodsOf, type View } from './view.ts'
import type { Ware } from './wares.ts'

export function anchorsOf(view: View, ware: Ware): Anchor[] {
  return [
    ...paid(view, ware),
    ...bySession(view, ware),
    ...forUsage(view, ware),
    ...trials(view, ware),
  ]
}

/** Periods of lines whose money stands, or that the seller let go while collection was paused. */
function paid(view: View, ware: Ware): Anchor[] {
  const { subset, bills } = view
  return bills.flatMap((bill) => {
    const isGood = isStanding(subset, bill, ware) || isForgiven(bill, view, ware)
    if (!isGood) return []
    return bill.lines
      .filter((line) => isCharge(line, view))
      .map((line) => ({ to: creditedTo(line, bill, view), isOwn: line.ware === ware }))
  })
}

function isCharge(line: BillLine, view: View): boolean {
  if (line.amount > 0) return true
  // A credit covers nothing; what is billed for nothing covers, unless its period is the trial.
  if (line.amount < 0 || line.isProration) return false
  return !view.snapshots.some(({ object }) => {
    const start = numberIn(object['trial_start'])
    const end = numberIn(object['trial_end'])
    if (start === null || end === null) return false
    const isWithin = line.to <= end || Math.abs(line.from - start) <= DAY
    return isWithin && !view.wares.isMetered(line.price)
  })
}

/** Time that a later bill credits back is paid for no longer (stripe-facts rows 53, 60). */
function creditedTo(line: BillLine, { created }: Bill, { bills }: View): number {
  const credits = bills
    .filter((bill) => bill.isPaid && bill.created > created)
    .flatMap(({ lines }) => lines)
    .filter(
      ({ amount, isProration, price, from, to }) =>
        isProration &&
        amount < 0 &&
        price === line.price &&
        Math.abs(to - line.to) <= 60 &&
        from >= line.from,
    )
  return Math.min(line.to, ...credits.map(({ from }) => from))
}

/** Made while collection was paused and never asked for (stripe-facts row 65). */
function isForgiven(
  { sights, isPaid, created, isVoid, isWrittenOff, isDraft }: Bill,
  view: View,
  { policy }: Ware,
): boolean {
  if (policy.pauseCollection === 'suspend' || isPaid) return false
  const says = sights.some(({ object }) => {
    const details = (object['status_details'] ?? {}) as Json
    return ((details['uncollectible'] ?? {}) as Json)['reason'] === 'subscription_paused'
  })
  if (says) return true
  return (
    (isVoid || isWrittenOff || isDraft) &&
    view.snapshots.some(
      ({ at, object }) => (object['pause_collection'] ?? null) !== null && at <= created + 60,
    )
  )
}

/** A paid Checkout stands for the first period until the first bill is known otherwise. */
function bySession(view: View, ware: Ware): Anchor[] {
  const { sessions, snapshots, subset, bills } = view
  if (snapshots.length === 0) return []
  return sessions.filter(isPaidSession).flatMap((session) => {
    const completed = Math.min(session.at, Number(session.object['created']) + DAY)
    const isTrial = snapshots.every((sight) => Number(sight.object['trial_end'] ?? 0) > completed)
    const invoice = session.object['invoice']
    const bill = bills.find(({ id }) => id === invoice)
    const isBad =
      typeof invoice === 'string' &&
      (bill?.isVoid === true ||
        bill?.isWrittenOff === true ||
        (ware.policy.dispute !== 'keep' && isDisputed(subset, invoice)))
    const isOwn = snapshots.some((sight) => holds(sight, ware, view.wares))
    return isTrial || isBad ? [] : [{ to: firstPeriodEnd(view, completed), isOwn }]
  })
}

function firstPeriodEnd({ snapshots }: View, completed: number): number {
  const first = snapshots
    .flatMap(periodsOf)
    .filter(({ from }) => from <= completed + DAY)
    .map(({ to }) => to)
  if (first.length > 0) return Math.max(...first)
  return Math.max(
    ...snapshots.flatMap((sight) =>
      itemsOf(sight).map(
        (item) => Number(sight.object['start_date'] ?? completed) + intervalOf(item),
      ),
    ),
  )
}

/** A trial that is over, or may be: what comes after it may be waited for. */
function trials(view: View, ware: Ware): Anchor[] {
  if (ware.policy.trial === 'deny' || isAll(view, 'trialing')) return []
  const isOwn = view.snapshots.some((sight) => holds(sight, ware, view.wares))
  return view.latest
    .filter(({ object }) => object['status'] !== 'trialing')
    .flatMap(({ object }) => numberIn(object['trial_end']) ?? [])
    .map((to) => ({ to, isOwn }))
}

/** The end of a trial that is running, with an hour for Stripe to name it. */
export function trialUntil(view: View, { policy }: Ware): number {
  if (policy.trial === 'deny' || !isAny(view, 'trialing')) return -Infinity
  const ends = view.latest
    .filter(({ object }) => object['status'] === 'trialing')
    .flatMap(({ object }) => numberIn(object['trial_end']) ?? [])
  return Math.max(-Infinity, ...ends.map((end) => end + HOUR))
}
