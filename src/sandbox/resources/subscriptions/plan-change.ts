import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { periodAround } from './calendar.ts'
import { cutPeriods } from './cut-period.ts'
import { changedItems, periodNow } from './change-items.ts'
import { itemList } from './change-subscription.ts'
import { trialLine } from './lines.ts'
import { resetLines, resetsAnchor, sameInterval } from './new-cycle.ts'
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
  // stripe-facts row 19: a trial on a running subscription has an invoice of nothing in classic mode.
  const billsTrial =
    startsTrial &&
    subscription.status !== 'trialing' &&
    subscription.billing_mode.type === 'classic'
  const anchor = startsTrial ? trialEnd : resets ? now : subscription.billing_cycle_anchor
  const moved = { ...subscription, billing_cycle_anchor: anchor }
  const renewed = wanted.map((item): SubscriptionItem => {
    if (startsTrial) {
      const start = subscription.status === 'trialing' ? item.current_period_start : now
      return { ...item, current_period_start: start, current_period_end: trialEnd }
    }
    if (resets) {
      const { end } = periodAround(now, recurrenceOf(item.price), now)
      return { ...item, current_period_start: now, current_period_end: end }
    }
    const old = before.find(({ id }) => id === item.id)
    if (old === undefined || sameInterval(old, item)) return item
    const { start, end } = periodNow(moved, recurrenceOf(item.price), at)
    return { ...item, current_period_start: start, current_period_end: end }
  })
  const { items, prorations: cuts } =
    resets || startsTrial
      ? { items: renewed, prorations: [] }
      : cutPeriods(world, moved, renewed, input)
  // Classic mode anchors its cycle at a `cancel_at` that cuts the period short (stripe-facts row 60).
  const isCut = items.some(
    (item, place) => item.current_period_end < (renewed[place]?.current_period_end ?? 0),
  )
  const cutAnchor =
    isCut && subscription.billing_mode.type === 'classic' && typeof input.cancel_at === 'number'
      ? input.cancel_at
      : anchor
  const prorates = input.proration_behavior !== 'none'
  const usage = goneUsage(world, subscription, items, now)
  const whole = resets || startsTrial
  const prorations = [
    ...usage.flatMap((item) => usageFor(world, subscription, item, now)),
    ...(prorates
      ? whole
        ? before.flatMap((item) => creditsFor(world, subscription, item, at))
        : changedProrations(world, moved, before, renewed, at)
      : []),
    ...cuts,
  ]
  return {
    fields: {
      ...(input.items === undefined && !whole && cuts.length === 0
        ? {}
        : { items: itemList(subscription.id, items) }),
      ...(cutAnchor === subscription.billing_cycle_anchor
        ? {}
        : { billing_cycle_anchor: cutAnchor }),
      ...trialFields(subscription, trialEnd, now),
    },
    prorations,
    lines: resets
      ? resetLines(world, subscription, before, items, now)
      : billsTrial && typeof trialEnd === 'number'
        ? items.map((item) => trialLine(world, subscription, item, { start: now, end: trialEnd }))
        : [],
    billsNow: resets || billsTrial,
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
