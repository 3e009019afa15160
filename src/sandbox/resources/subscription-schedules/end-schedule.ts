import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { SubscriptionSchedule } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { cancelSubscription } from '../subscriptions/cancel-subscription.ts'
import { changeSubscription, isLive } from '../subscriptions/change-subscription.ts'
import { scheduleNext } from './next-step.ts'

/**
 * Cancels a schedule, and its subscription with it (stripe-facts row 73).
 * @throws {StripeError} 400 for one that is over.
 */
export function cancelSchedule(
  world: World,
  id: string,
  { invoiceNow, prorate }: { readonly invoiceNow: boolean; readonly prorate: boolean },
): SubscriptionSchedule {
  const schedule = world.must('subscription_schedule', id)
  refuseEnded(schedule, 'cancel')
  close(world, id)
  world.emit('subscription_schedule.canceled', world.must('subscription_schedule', id))
  if (schedule.status === 'not_started') {
    // Stripe's CLI has `aborted` from canceling one that never came to bill anything.
    world.emit('subscription_schedule.aborted', world.must('subscription_schedule', id))
  }
  const subscription = world.get('subscription', schedule.subscription)
  if (subscription !== undefined && isLive(subscription)) {
    cancelSubscription(world, subscription.id, {
      reason: 'cancellation_requested',
      invoiceNow,
      prorate,
    })
  }
  return world.must('subscription_schedule', id)
}

/**
 * Lets the subscription go on by itself.
 * @throws {StripeError} 400 for a schedule that is over.
 */
export function releaseSchedule(world: World, id: string): SubscriptionSchedule {
  const schedule = world.must('subscription_schedule', id)
  refuseEnded(schedule, 'release')
  world.patch('subscription_schedule', id, {
    current_phase: null,
    released_at: world.now(schedule.customer),
    released_subscription: schedule.subscription,
    status: 'released',
    subscription: null,
  })
  scheduleNext(world, id)
  world.emit('subscription_schedule.released', world.must('subscription_schedule', id))
  if (schedule.subscription !== null) {
    changeSubscription(world, schedule.subscription, { schedule: null })
  }
  return world.must('subscription_schedule', id)
}

/** Its subscription has ended otherwise: `aborted` where nobody paid, else `canceled`. */
export function followSubscription(world: World, subscription: string): void {
  const {
    schedule: id,
    status,
    cancellation_details: details,
  } = world.must('subscription', subscription)
  const schedule = world.get('subscription_schedule', id)
  if (schedule?.status !== 'active' || schedule.subscription !== subscription) return
  if (status !== 'canceled' && status !== 'incomplete_expired') return
  close(world, schedule.id)
  const reason = details?.reason ?? null
  world.emit(
    reason === 'payment_failed'
      ? 'subscription_schedule.aborted'
      : 'subscription_schedule.canceled',
    world.must('subscription_schedule', schedule.id),
  )
}

/** What it planned cannot be: its subscription, where there is one, goes on by itself. */
export function abortSchedule(world: World, id: string): void {
  const { subscription } = world.must('subscription_schedule', id)
  close(world, id)
  world.emit('subscription_schedule.aborted', world.must('subscription_schedule', id))
  if (subscription !== null) changeSubscription(world, subscription, { schedule: null })
}

/** Schedules that wait for their start go with their customer. */
export function endSchedulesOf(world: World, customer: string): void {
  for (const { id, status } of world.where('subscription_schedule', 'customer', customer)) {
    if (status !== 'not_started') continue
    close(world, id)
    world.emit('subscription_schedule.canceled', world.must('subscription_schedule', id))
  }
}

function close(world: World, id: string): void {
  const { customer } = world.must('subscription_schedule', id)
  world.patch('subscription_schedule', id, {
    canceled_at: world.now(customer),
    current_phase: null,
    status: 'canceled',
  })
  scheduleNext(world, id)
}

export function refuseEnded({ status }: SubscriptionSchedule, verb: string): void {
  if (status === 'not_started' || status === 'active') return
  throw invalidRequest(
    `You cannot ${verb} a subscription schedule that is currently in the \`${status}\` status. You can only ${verb} a subscription schedule in the \`not_started\` or \`active\` status.`,
  )
}
