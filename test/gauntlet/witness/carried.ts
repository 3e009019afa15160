import type { Anchor } from './anchor.ts'
import { anchorsOf, trialUntil } from './anchors.ts'
import { isStanding } from './bill.ts'
import { extended, isDead, onTerms } from './extended.ts'
import { DAY } from './seconds.ts'
import { holds, isAll, isAny, isHalted, isOver, itemsOf, priceOf, type View } from './view.ts'
import type { Ware } from './wares.ts'

/** Latest second up to which anything seen could carry a ware of a subscription; `at` is asked for. */
export function carriedUntil(view: View, ware: Ware, at: number): number {
  if (view.snapshots.length === 0 || isOver(view) || isHalted(view, at)) return -Infinity
  const anchors = anchorsOf(view, ware)
  const own = Math.max(-Infinity, ...ends(anchors, true))
  const other = Math.max(-Infinity, ...ends(anchors, false))
  const isShown = view.latest.some((sight) => holds(sight, ware, view.wares)) || isNewer(view, ware)
  const ownUntil = isShown
    ? extended(view, ware, own)
    : isChangeUnpaid(view, ware)
      ? // Past what was paid for, only a failed renewal keeps what the new plan replaced.
        Math.max(own, isAny(view, 'past_due') ? extended(view, ware, own) : own)
      : -Infinity
  // Money seen before its invoice is said to be paid makes no one poorer.
  const said = { ...view, bills: view.bills.filter((bill) => !bill.isPaid || bill.isSaidPaid) }
  const bases = [other, Math.max(-Infinity, ...ends(anchorsOf(said, ware), false))]
  const isCarried = isShown && bases.some((base) => !isUpgradeUnpaid(view, ware, base, at))
  const otherUntil = isCarried ? extended(view, ware, other) : -Infinity
  const alone = isShown ? Math.max(trialUntil(view, ware), withoutMoney(view, ware)) : -Infinity
  return Math.max(ownUntil, otherUntil, alone)
}

/** Paid for after the subscription was last heard of: it may well show it by now. */
function isNewer({ latest, bills }: View, ware: Ware): boolean {
  const told = Math.max(...latest.map(({ at }) => at))
  return bills.some(
    ({ created, isPaid, lines }) =>
      isPaid && created > told && lines.some((line) => line.ware === ware && line.amount > 0),
  )
}

function ends(anchors: readonly Anchor[], isOwn: boolean): number[] {
  return anchors.filter((anchor) => anchor.isOwn === isOwn).map(({ to }) => to)
}

/** What was paid for stays where the plan put in its place is not known to be paid for (row 55). */
function isChangeUnpaid(view: View, { policy }: Ware): boolean {
  if (policy.unpaidUpgrade === 'grantNew') return false
  const { latest, bills } = view
  if (latest.some(({ object }) => ['past_due', 'unpaid'].includes(String(object['status'])))) {
    return true
  }
  const isUnknown = latest.some(({ object }) => {
    const invoice = object['latest_invoice']
    return typeof invoice === 'string' && !bills.some(({ id }) => id === invoice)
  })
  return isUnknown || bills.some(({ isPaid }) => !isPaid)
}

/** The bill for this very ware was made and is not paid, or what was billed for it is not known. */
function isUpgradeUnpaid(view: View, ware: Ware, base: number, at: number): boolean {
  if (ware.policy.unpaidUpgrade === 'grantNew') return false
  const { latest, bills, wares, subset } = view
  const shown = latest.filter((sight) => holds(sight, ware, wares))
  // Usage rides with what it is used on top of (SPEC, R28).
  const prices = shown.flatMap(itemsOf).map(priceOf)
  if (prices.some((price) => wares.ofPrice(price) === ware && wares.isMetered(price))) return false
  if (isAll(view, 'past_due')) return true
  const isKnown = shown.some(({ object }) => {
    const invoice = object['latest_invoice'] ?? null
    return invoice === null || bills.some(({ id }) => id === invoice)
  })
  if (!isKnown && base > at) return true
  return (
    base > at &&
    bills.some(
      (bill) =>
        !isStanding(subset, bill, ware) &&
        bill.asked > 0 &&
        bill.reason === 'subscription_update' &&
        bill.lines.some((line) => line.ware === ware && line.amount > 0 && line.to > at),
    )
  )
}

/** What may be given before any money: on terms, while collection is paused, while a debit settles. */
function withoutMoney(view: View, ware: Ware): number {
  const { policy } = ware
  const { latest, bills, sessions } = view
  const bounds = [-Infinity]
  for (const { object } of latest) {
    const status = object['status']
    if (status === 'incomplete' || status === 'unpaid' || status === 'trialing') continue
    if (object['collection_method'] === 'send_invoice') {
      bounds.push(extended(view, ware, Number(object['start_date'] ?? object['created'])))
      bounds.push(onFirstTerms(view, ware))
    }
    if ((object['pause_collection'] ?? null) !== null) {
      bounds.push(extended(view, ware, Number(object['start_date'] ?? object['created'])))
    }
  }
  if (policy.grantWhileProcessing) {
    const hasFailed = sessions.some(({ type }) => type === 'checkout.session.async_payment_failed')
    for (const { object, at } of hasFailed ? [] : sessions) {
      if (object['status'] === 'complete') bounds.push(at + policy.processingDays * DAY)
    }
    for (const bill of bills) {
      const isSettling = bill.isUnderWay && !isDead(bill)
      if (isSettling) bounds.push(bill.created + policy.processingDays * DAY)
    }
  }
  return Math.max(...bounds)
}

/** On terms with nothing paid that was seen: the first bill seen, where none before it is overdue. */
function onFirstTerms(view: View, ware: Ware): number {
  const unpaid = view.bills.filter(({ isPaid }) => !isPaid)
  const [first] = unpaid.sort((a, b) => a.created - b.created)
  if (first === undefined) return -Infinity
  const told = Math.min(...view.latest.map(({ at }) => at))
  // Overdue before this bill is: there was another, and no money for it.
  const isOther = isAll(view, 'past_due') && told < (first.due ?? Infinity)
  return isOther ? -Infinity : onTerms(view, ware, 0, [first])
}
