import { compareText } from './canonical.ts'
import type { AnySnapshot, Snapshot } from './fact.ts'
import { hasNothingDue, isTerminal, SUBSCRIPTION_STATUSES } from './views/subscription-view.ts'

/** What a subscription's snapshots tell beyond its latest state: see `SubscriptionView`. */
export function essentialOfSubscription(sorted: readonly AnySnapshot[]): AnySnapshot[] {
  const all = sorted.filter((snapshot) => snapshot.type === 'subscription')
  const known = all.filter(({ after }) => after !== null && SUBSCRIPTION_STATUSES.has(after.status))
  return [
    ...known.filter(({ after, eventType }) => after !== null && isTerminal(after, eventType)),
    ...unknownStatuses(all),
    ...lookupKeys(known),
    ...nothingDue(known),
    ...collectionTurns(known),
  ]
}

type Sub = Snapshot<'subscription'>

function unknownStatuses(all: readonly Sub[]): Sub[] {
  const first = new Map<string, Sub>()
  for (const snapshot of all) {
    const status = snapshot.after?.status
    if (status === undefined || SUBSCRIPTION_STATUSES.has(status)) continue
    if (!first.has(status)) first.set(status, snapshot)
  }
  // The view names the first in text, whatever else there was.
  const [least] = [...first].sort(([a], [b]) => compareText(a, b))
  return least === undefined ? [] : [least[1]]
}

function lookupKeys(known: readonly Sub[]): Sub[] {
  const first = new Map<string, Sub>()
  for (const snapshot of known) {
    for (const { price, lookupKey } of snapshot.after?.items ?? []) {
      const name = `${price} ${lookupKey}`
      if (price !== null && lookupKey !== null && !first.has(name)) first.set(name, snapshot)
    }
  }
  return [...first.values()]
}

/** Per item the snapshot that reaches furthest. */
function nothingDue(known: readonly Sub[]): Sub[] {
  const furthest = new Map<string, { end: number; snapshot: Sub }>()
  for (const snapshot of known) {
    if (snapshot.after === null || !hasNothingDue(snapshot.after)) continue
    for (const { id, periodEnd } of snapshot.after.items) {
      if (periodEnd === null || periodEnd <= (furthest.get(id)?.end ?? -Infinity)) continue
      furthest.set(id, { end: periodEnd, snapshot })
    }
  }
  return [...furthest.values()].map(({ snapshot }) => snapshot)
}

/** The snapshots at which a pause of collection begins or ends. */
function collectionTurns(known: readonly Sub[]): Sub[] {
  const turns: Sub[] = []
  let pausedAt: number | null = null
  for (const snapshot of known) {
    const isPaused = (snapshot.after?.pauseCollection ?? null) !== null
    if (isPaused === (pausedAt !== null)) continue
    if (pausedAt !== null && snapshot.at <= pausedAt) continue
    turns.push(snapshot)
    pausedAt = isPaused ? snapshot.at : null
  }
  return turns
}
