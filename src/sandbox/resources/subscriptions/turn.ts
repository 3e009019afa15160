import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { runSchedule } from '../subscription-schedules/run-schedule.ts'
import { afterLastRetry } from './after-retries.ts'
import { endSubscription } from './cancel-subscription.ts'
import { changeSubscription, noteOf, recordOf } from './change-subscription.ts'
import { endTrial } from './end-trial.ts'
import { expireFirstInvoice } from './expire.ts'
import {
  firstPaymentEnd,
  nextTurnAt,
  scheduleTurn,
  TRIAL_WARNING_SECONDS,
  updateEndsAt,
} from './next-turn.ts'
import { expirePendingUpdate } from './pending-update.ts'
import { renew } from './renew.ts'
import { expireResume } from './resume.ts'
import { warnOfTrialEnd } from './trial-warning.ts'

/** Job: does what is due for a subscription, in one order for what falls on the same second. */
export function turn(world: World, id: string): void {
  for (;;) {
    const subscription = world.get('subscription', id)
    if (subscription === undefined) return
    const at = nextTurnAt(world, subscription)
    if (at === null || at > world.now(subscription.customer)) {
      scheduleTurn(world, subscription)
      return
    }
    takeTurn(world, subscription)
  }
}

function takeTurn(world: World, subscription: Subscription): void {
  const { id, status } = subscription
  const now = world.now(subscription.customer)
  const record = recordOf(world, id)
  const isDue = (at: number | null | undefined) => at !== null && at !== undefined && at <= now
  if (status === 'incomplete' && isDue(firstPaymentEnd(world, subscription))) {
    expireFirstInvoice(world, id)
  } else if (isDue(updateEndsAt(world, subscription))) {
    expirePendingUpdate(world, id)
  } else if (isDue(record.resume?.expiresAt)) {
    expireResume(world, id)
  } else if (isDue(subscription.pause_collection?.resumes_at)) {
    changeSubscription(world, id, { pause_collection: null })
  } else if (isDue(record.givesUpAt)) {
    noteOf(world, id, { givesUpAt: null })
    afterLastRetry(world, id)
  } else if (isDue(subscription.cancel_at)) {
    endSubscription(world, id, { reason: 'cancellation_requested' })
  } else if (subscription.schedule !== null && runSchedule(world, subscription.schedule)) {
    // A phase that begins as a period ends is what the new period bills (stripe-facts row 71).
  } else if (isTrialWarningDue(world, subscription, now)) {
    warnOfTrialEnd(world, id)
  } else if (status === 'trialing') {
    endTrial(world, id)
  } else {
    renew(world, id)
  }
}

function isTrialWarningDue(world: World, subscription: Subscription, now: number): boolean {
  const { status, trial_end: end } = subscription
  return (
    status === 'trialing' &&
    end !== null &&
    end - TRIAL_WARNING_SECONDS <= now &&
    recordOf(world, subscription.id).warnedOfTrialEnd !== end
  )
}
