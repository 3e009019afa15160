import { StripeError } from '../../protocol/stripe-error.ts'
import type { SubscriptionSchedule } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { endSubscription } from '../subscriptions/cancel-subscription.ts'
import { changeSubscription } from '../subscriptions/change-subscription.ts'
import { changeSchedule } from './change-schedule.ts'
import { applyPhase } from './apply-phase.ts'
import { abortSchedule } from './end-schedule.ts'
import { scheduleNext, warningAt } from './next-step.ts'
import { startSchedule } from './start-schedule.ts'

/** Job: what is due for a schedule. A phase that cannot begin any more (its price is gone) ends it. */
export function stepSchedule(world: World, id: string): void {
  if (world.get('subscription_schedule', id) === undefined) return
  try {
    runSchedule(world, id)
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    abortSchedule(world, id)
  }
  scheduleNext(world, id)
}

/** Does what is due for a schedule now. True where it changed its subscription. */
export function runSchedule(world: World, id: string): boolean {
  let changed = false
  for (;;) {
    const schedule = world.must('subscription_schedule', id)
    const now = world.now(schedule.customer)
    if (schedule.status === 'not_started') {
      const start = schedule.phases[0]?.start_date ?? Infinity
      if (start <= now) startSchedule(world, id)
      else {
        announceSchedule(world, id)
        return changed
      }
    } else if (schedule.status !== 'active' || schedule.current_phase === null) return changed
    else if (schedule.current_phase.end_date > now) {
      warn(world, schedule, now)
      return changed
    } else nextPhase(world, schedule)
    changed = true
  }
}

export function announceSchedule(world: World, id: string): void {
  if (world.must('~schedule', id).announced) return
  world.patch('~schedule', id, { announced: true })
  world.emit('subscription_schedule.created', world.must('subscription_schedule', id))
}

function warn(world: World, schedule: SubscriptionSchedule, now: number): void {
  const at = warningAt(world, schedule)
  if (at === null || at > now) return
  world.patch('~schedule', schedule.id, { warned: true })
  world.emit('subscription_schedule.expiring', schedule)
}

/** The phase is over: the next begins (row 71), or the schedule ends (row 73). */
function nextPhase(world: World, schedule: SubscriptionSchedule): void {
  const { id, phases, current_phase: current } = schedule
  const next = phases.find(({ start_date: start }) => start === current?.end_date)
  if (next !== undefined) {
    changeSchedule(world, id, {
      current_phase: { end_date: next.end_date, start_date: next.start_date },
    })
    applyPhase(world, id, next, { proration: next.proration_behavior })
    return
  }
  const subscription = world.get('subscription', schedule.subscription)
  const completed = world.patch('subscription_schedule', id, {
    completed_at: world.now(schedule.customer),
    current_phase: null,
    status: 'completed',
  })
  world.emit('subscription_schedule.completed', completed)
  if (subscription === undefined) return
  if (schedule.end_behavior === 'cancel') {
    endSubscription(world, subscription.id, { reason: 'cancellation_requested' })
  } else changeSubscription(world, subscription.id, { schedule: null })
}
