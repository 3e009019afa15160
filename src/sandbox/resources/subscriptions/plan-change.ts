import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { periodAround } from './calendar.ts'
import { changedItems, periodNow } from './change-items.ts'
import { itemList } from './change-subscription.ts'
import { itemAmount, licensedLine, trialLine, usageLine } from './lines.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'
import { creditsFor, debitFor, usageFor, type Proration } from './proration.ts'
import type { SubscriptionUpdate } from './subscription-input.ts'
import { checkedTrialEnd } from './terms.ts'
import { usageStart } from './usage-start.ts'

/** What a change of items, anchor or trial comes to, before any of it is done. */
export interface Change {
  readonly fields: Partial<Subscription>
  /** Invoice items to be. */
  readonly prorations: readonly Proration[]
  /** Whole new periods, for the invoice that must be made at once. */
  readonly lines: readonly LineDraft[]
  /** Whether an invoice must be made now, whatever `proration_behavior` says of prorations. */
  readonly billsNow: boolean
  /** Unix seconds prorations were counted from. */
  readonly at: number
  readonly endsTrial: boolean
  /** Metered items whose usage so far these prorations bill. */
  readonly usageBilled: readonly string[]
}

/** @throws {StripeError} 400 for what cannot be. */
export function planChange(
  world: World,
  subscription: Subscription,
  input: SubscriptionUpdate,
): Change {
  const now = world.now(subscription.customer)
  const at = input.proration_date ?? now
  refuseProrationDate(subscription, at)
  const before = subscription.items.data
  const wanted = changedItems(world, subscription, input.items)
  const trialEnd = trialEndOf(subscription, input, now)
  const endsTrial = trialEnd === 'now' && subscription.status === 'trialing'
  const startsTrial = typeof trialEnd === 'number'
  const resets = endsTrial || (!startsTrial && resetsAnchor(subscription, wanted, input))
  const anchor = startsTrial ? trialEnd : resets ? now : subscription.billing_cycle_anchor
  const moved = { ...subscription, billing_cycle_anchor: anchor }
  const items = wanted.map((item): SubscriptionItem => {
    if (startsTrial) return { ...item, current_period_start: now, current_period_end: trialEnd }
    if (resets) {
      const { end } = periodAround(now, recurrenceOf(item.price), now)
      return { ...item, current_period_start: now, current_period_end: end }
    }
    const old = before.find(({ id }) => id === item.id)
    if (old === undefined || sameInterval(old, item)) return item
    const { start, end } = periodNow(moved, recurrenceOf(item.price), at)
    return { ...item, current_period_start: start, current_period_end: end }
  })
  const prorates = input.proration_behavior !== 'none'
  const usage = goneUsage(world, subscription, items, now)
  const whole = resets || startsTrial
  const prorations = [
    ...usage.flatMap((item) => usageFor(world, subscription, item, now)),
    ...(prorates
      ? whole
        ? before.flatMap((item) => creditsFor(world, subscription, item, at))
        : changedProrations(world, moved, before, items, at)
      : []),
  ]
  return {
    fields: {
      ...(input.items === undefined && !whole ? {} : { items: itemList(subscription.id, items) }),
      ...(anchor === subscription.billing_cycle_anchor ? {} : { billing_cycle_anchor: anchor }),
      ...trialFields(subscription, trialEnd, now),
    },
    prorations,
    lines: resets
      ? resetLines(world, subscription, before, items, now)
      : startsTrial && subscription.billing_mode.type === 'classic'
        ? items.map((item) =>
            trialLine(world, subscription, item, { start: now, end: trialEnd }),
          )
        : [],
    billsNow: resets || (startsTrial && subscription.billing_mode.type === 'classic'),
    at,
    endsTrial,
    usageBilled: usage.map(({ id }) => id),
  }
}

function trialEndOf(
  subscription: Subscription,
  input: SubscriptionUpdate,
  now: number,
): number | 'now' | null {
  if (input.trial_end === undefined) return null
  if (input.trial_end === 'now') return 'now'
  return input.trial_end === subscription.trial_end && subscription.status === 'trialing'
    ? null
    : checkedTrialEnd(input.trial_end, now)
}

/** stripe-facts row 19: classic keeps the first `trial_start`, flexible the latest. */
function trialFields(
  subscription: Subscription,
  trialEnd: number | 'now' | null,
  now: number,
): Partial<Subscription> {
  if (trialEnd === null) return {}
  if (trialEnd === 'now') {
    return subscription.status === 'trialing' ? { status: 'active', trial_end: now } : {}
  }
  const keeps =
    subscription.trial_start !== null &&
    (subscription.billing_mode.type === 'classic' || subscription.status === 'trialing')
  return {
    status: 'trialing',
    trial_end: trialEnd,
    trial_start: keeps ? subscription.trial_start : now,
  }
}

/**
 * Whether the cycle starts anew now: asked for, or in classic mode by itself where the interval
 * changes or what was free comes to cost (stripe-facts row 60; flexible mode never by itself).
 */
function resetsAnchor(
  subscription: Subscription,
  wanted: readonly SubscriptionItem[],
  input: SubscriptionUpdate,
): boolean {
  if (input.billing_cycle_anchor === 'now') return true
  if (subscription.billing_mode.type !== 'classic' || input.items === undefined) return false
  if (subscription.status === 'trialing') return false
  const before = subscription.items.data
  const [first] = before
  const intervalChanges =
    first !== undefined && wanted.some((item) => !sameInterval(first, item))
  const cost = (items: readonly SubscriptionItem[]) =>
    items.reduce(
      (sum, item) =>
        sum + (isMetered(item.price) ? 1 : itemAmount(item, subscription.currency)),
      0,
    )
  return intervalChanges || (cost(before) === 0 && cost(wanted) > 0)
}

function sameInterval(a: SubscriptionItem, b: SubscriptionItem): boolean {
  const left = recurrenceOf(a.price)
  const right = recurrenceOf(b.price)
  return left.interval === right.interval && left.interval_count === right.interval_count
}

/** Within the running cycle: back for what goes, and on for what comes, in Stripe's order. */
function changedProrations(
  world: World,
  subscription: Subscription,
  before: readonly SubscriptionItem[],
  after: readonly SubscriptionItem[],
  at: number,
): Proration[] {
  const gone = before.flatMap((old): Proration[] => {
    const now = after.find(({ id }) => id === old.id)
    return now !== undefined && costsTheSame(old, now)
      ? []
      : creditsFor(world, subscription, old, at)
  })
  const come = after.flatMap((item): Proration[] => {
    const old = before.find(({ id }) => id === item.id)
    return old !== undefined && costsTheSame(old, item)
      ? []
      : debitFor(world, subscription, item, at)
  })
  return [...gone, ...come]
}

function costsTheSame(a: SubscriptionItem, b: SubscriptionItem): boolean {
  return a.price.id === b.price.id && a.quantity === b.quantity
}

/** Metered items that go or change their price: their usage so far is billed as it was priced. */
function goneUsage(
  world: World,
  subscription: Subscription,
  after: readonly SubscriptionItem[],
  now: number,
): SubscriptionItem[] {
  return subscription.items.data.filter((item) => {
    const kept = after.find(({ id }) => id === item.id)
    const isOver = kept === undefined || kept.price.id !== item.price.id
    return isOver && isMetered(item.price) && usageStart(world, item) < now
  })
}

/** A cycle that starts anew bills every licensed item ahead, and what was used until now. */
function resetLines(
  world: World,
  subscription: Subscription,
  before: readonly SubscriptionItem[],
  items: readonly SubscriptionItem[],
  now: number,
): LineDraft[] {
  return items.flatMap((item): LineDraft[] => {
    const period = { start: item.current_period_start, end: item.current_period_end }
    if (!isMetered(item.price)) return [licensedLine(subscription, item, period)]
    const old = before.find(({ id, price }) => id === item.id && price.id === item.price.id)
    if (old === undefined || subscription.status === 'trialing') return []
    return [usageLine(world, subscription, old, { start: usageStart(world, old), end: now })]
  })
}

function refuseProrationDate(subscription: Subscription, at: number): void {
  const { data } = subscription.items
  const start = Math.min(...data.map((item) => item.current_period_start))
  const end = Math.max(...data.map((item) => item.current_period_end))
  if (at < start || at > end) {
    throw invalidRequest(
      'Invalid `proration_date`: it must be within the current billing period of the subscription.',
      { param: 'proration_date' },
    )
  }
}
