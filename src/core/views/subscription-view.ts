import type { Snapshot, SubscriptionState } from '../fact.ts'
import { evidenceOf, highest, latestRead, viewKnown, type View } from './view.ts'

export const SUBSCRIPTION_STATUSES: ReadonlySet<string> = new Set([
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
])

export interface SubscriptionView extends View<'subscription'> {
  /** Latched: canceled, incomplete_expired, ended or deleted never come back (stripe-facts §6.1). */
  endedAt: number | null
  /** Lookup keys each price was seen with: a key may move to a newer price, the purchase stays. */
  lookupKeys: Map<string, string[]>
  /** Latest period end seen while Stripe named no invoice at all, per item (stripe-facts row 36). */
  nothingDueUntil: Map<string, number>
  /** Spans in which payment collection was paused; null end: it still is. */
  collectionPauses: { from: number; to: number | null }[]
}

export function isTerminal(state: SubscriptionState, eventType: string): boolean {
  return (
    state.status === 'canceled' ||
    state.status === 'incomplete_expired' ||
    state.endedAt !== null ||
    eventType === 'customer.subscription.deleted'
  )
}

/** Terminal beats everything; `incomplete` is only ever the first status, so it is the oldest. */
export function rankSubscription(
  state: SubscriptionState,
  snapshot: Snapshot<'subscription'>,
): number {
  if (isTerminal(state, snapshot.eventType)) return 2
  return state.status === 'incomplete' ? 0 : 1
}

export function viewSubscription(
  id: string,
  snapshots: readonly Snapshot<'subscription'>[],
): SubscriptionView | null {
  const isKnown = viewKnown(
    'subscription',
    id,
    snapshots,
    (state) => state.status,
    SUBSCRIPTION_STATUSES,
  )
  const candidates = highest(isKnown.known, rankSubscription)
  // A read belongs to the order of all, so it stays in even when its rank is lower.
  const { view } = viewKnown(
    'subscription',
    id,
    candidates,
    (state) => state.status,
    SUBSCRIPTION_STATUSES,
  )
  if (view === null) return null
  const terminal = candidates.filter(
    ({ after, eventType }) => after !== null && isTerminal(after, eventType),
  )
  const isEnded = terminal.length > 0
  return {
    ...view,
    unknownStatus: isKnown.unknownStatus,
    readAt: latestRead(snapshots),
    isAmbiguous: view.isAmbiguous && !isEnded,
    evidence: isEnded ? evidenceOf(terminal) : view.evidence,
    endedAt: isEnded ? endOf(terminal) : null,
    lookupKeys: lookupKeys(isKnown.known),
    nothingDueUntil: nothingDueUntil(isKnown.known),
    collectionPauses: collectionPauses(isKnown.known),
  }
}

function endOf(terminal: readonly Snapshot<'subscription'>[]): number {
  let end = Infinity
  for (const { after, at } of terminal) {
    if (after !== null) end = Math.min(end, after.endedAt ?? after.canceledAt ?? at)
  }
  return end
}

function lookupKeys(snapshots: readonly Snapshot<'subscription'>[]): Map<string, string[]> {
  const keys = new Map<string, Set<string>>()
  for (const { after } of snapshots) {
    for (const item of after?.items ?? []) {
      if (item.price === null || item.lookupKey === null) continue
      const seen = keys.get(item.price) ?? new Set()
      keys.set(item.price, seen.add(item.lookupKey))
    }
  }
  return new Map([...keys].map(([price, seen]) => [price, [...seen].sort()]))
}

/** Stripe names no invoice, and no item would make one: nothing is due before the period ends (row 36). */
export function hasNothingDue(state: SubscriptionState): boolean {
  return (
    state.latestInvoice === null &&
    state.status === 'active' &&
    !state.hasMoreItems &&
    state.items.every((item) => item.isMetered || item.unitAmount === 0)
  )
}

function nothingDueUntil(snapshots: readonly Snapshot<'subscription'>[]): Map<string, number> {
  const until = new Map<string, number>()
  for (const { after } of snapshots) {
    if (after === null || !hasNothingDue(after)) continue
    for (const { id, periodEnd } of after.items) {
      if (periodEnd !== null) until.set(id, Math.max(periodEnd, until.get(id) ?? periodEnd))
    }
  }
  return until
}

function collectionPauses(
  snapshots: readonly Snapshot<'subscription'>[],
): { from: number; to: number | null }[] {
  const pauses: { from: number; to: number | null }[] = []
  const byTime = [...snapshots].sort((a, b) => a.at - b.at)
  for (const { after, at } of byTime) {
    const open = pauses.at(-1)
    const isOpen = open !== undefined && open.to === null
    if (after === null) continue
    if (after.pauseCollection !== null && !isOpen) pauses.push({ from: at, to: null })
    if (after.pauseCollection === null && isOpen && at > open.from) open.to = at
  }
  return pauses
}
