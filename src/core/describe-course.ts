import { formatSecond, HOUR } from './calendar.ts'
import { billOf, tell, type Telling } from './deed.ts'
import type { SubscriptionState } from './fact.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** The course of subscriptions: canceled, paused, resumed, ended. */
export function describeCourses(telling: Telling): void {
  for (const view of telling.after.subscriptions.values()) {
    const before = telling.before.subscriptions.get(view.id)
    if (before === undefined) {
      const plain = { pauseCollection: null, cancelAt: null, cancelAtPeriodEnd: false }
      if (view.endedAt !== null) continue
      cancellation(telling, { ...view.state, ...plain }, view)
      collection(telling, { ...view.state, ...plain }, view)
      continue
    }
    if (view.endedAt !== null) {
      if (before.endedAt === null) tell(telling, ending(telling, before.state, view), [view.id])
      continue
    }
    cancellation(telling, before.state, view)
    collection(telling, before.state, view)
    status(telling, before.state, view)
    period(telling, before.state, view)
  }
}

function ending(telling: Telling, before: SubscriptionState, view: SubscriptionView): string {
  const name = subject(telling, before)
  const end = view.endedAt ?? view.lastAt
  const isAt = (planned: number | null) => planned !== null && Math.abs(planned - end) <= HOUR
  if (view.state.status === 'incomplete_expired') {
    return `${name} expired: its first payment was never made.`
  }
  if (before.status === 'trialing' && isAt(before.trialEnd)) return `${name} ended with its trial.`
  if (isAt(before.cancelAt ?? plannedEnd(before))) return `${name} ended as planned.`
  if (before.status === 'past_due' || before.status === 'unpaid') {
    return `${name} was canceled while a payment was owed.`
  }
  return isAt(periodEnd(before))
    ? `${name} ended with its period.`
    : `${name} was canceled with immediate effect.`
}

function plannedEnd(state: SubscriptionState): number | null {
  return state.cancelAtPeriodEnd ? periodEnd(state) : null
}

function periodEnd({ items }: SubscriptionState): number | null {
  const ends = items.flatMap((item) => item.periodEnd ?? [])
  return ends.length > 0 ? Math.max(...ends) : null
}

function cancellation(telling: Telling, before: SubscriptionState, view: SubscriptionView): void {
  const { state, id } = view
  const was = before.cancelAt ?? plannedEnd(before)
  const is = state.cancelAt ?? plannedEnd(state)
  if (is !== null && is !== was) {
    const what = was === null ? 'was set to cancel' : 'is now set to cancel'
    tell(telling, `${subject(telling, state)} ${what} on ${formatSecond(is)}.`, [id])
  } else if (is === null && was !== null) {
    tell(telling, 'The cancellation was undone.', [id])
  }
}

function collection(telling: Telling, before: SubscriptionState, view: SubscriptionView): void {
  const { pauseCollection } = view.state
  if (pauseCollection !== null && before.pauseCollection === null) {
    const { resumesAt } = pauseCollection
    const until = resumesAt === null ? '' : ` until ${formatSecond(resumesAt)}`
    tell(telling, `Payment collection was paused${until}.`, [view.id])
  } else if (pauseCollection === null && before.pauseCollection !== null) {
    tell(telling, 'Payment collection was resumed.', [view.id])
  }
}

function status(telling: Telling, before: SubscriptionState, view: SubscriptionView): void {
  const { state, id } = view
  const name = subject(telling, state)
  const until = state.trialEnd === null ? '' : ` until ${formatSecond(state.trialEnd)}`
  if (state.status === before.status) {
    const isMoved = state.status === 'trialing' && state.trialEnd !== before.trialEnd
    if (isMoved) tell(telling, `The trial now lasts${until}.`, [id])
    return
  }
  const isBillTold = billOf(telling, view, null) !== undefined
  switch (state.status) {
    case 'active':
      if (before.status === 'paused') tell(telling, `${name} was resumed.`, [id])
      else if (before.status === 'trialing') tell(telling, 'The trial ended.', [id])
      else if (!isBillTold) tell(telling, `${name} is active again.`, [id])
      return
    case 'past_due':
      if (!isBillTold) tell(telling, `${name} fell past due.`, [id])
      return
    case 'unpaid':
      tell(telling, 'Stripe stopped trying to collect and calls the subscription unpaid.', [id])
      return
    case 'paused':
      tell(telling, `${name} was paused.`, [id])
      return
    case 'trialing':
      tell(telling, `${name} was given a trial${until}.`, [id])
  }
}

function period(telling: Telling, before: SubscriptionState, view: SubscriptionView): void {
  const startOf = ({ items }: SubscriptionState) =>
    Math.max(0, ...items.flatMap(({ periodStart }) => periodStart ?? []))
  if (startOf(view.state) > startOf(before)) {
    const what = 'A new period of the subscription began.'
    telling.minor.push({ what, objects: [view.id] })
  }
}

function subject({ names }: Telling, state: SubscriptionState): string {
  const what = names.list(state.items)
  return what === '' ? 'The subscription' : `The subscription to ${what}`
}
