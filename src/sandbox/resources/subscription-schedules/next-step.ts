import type { SubscriptionSchedule } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** What Stripe knows of a schedule and does not show. */
export interface ScheduleRecord {
  readonly id: string
  /** False until `subscription_schedule.created` is out: what happens before belongs to it. */
  readonly announced: boolean
  /** Whether `subscription_schedule.expiring` has been sent for its present end. */
  readonly warned: boolean
}

export const STEP = 'subscription_schedule.step'

/** Keeps the one job of a schedule: its start, its next phase, or the warning of its end. */
export function scheduleNext(world: World, id: string): void {
  const schedule = world.must('subscription_schedule', id)
  const at = nextStepAt(world, schedule)
  if (at === null) world.unschedule(schedule.customer, STEP, id)
  else world.schedule(schedule.customer, { at, name: STEP, id })
}

/** Unix seconds, or null for a schedule that is over. */
export function nextStepAt(world: World, schedule: SubscriptionSchedule): number | null {
  const { status, phases, current_phase: current } = schedule
  if (status === 'not_started') return phases[0]?.start_date ?? null
  if (status !== 'active' || current === null) return null
  const warnsAt = warningAt(world, schedule)
  return warnsAt === null ? current.end_date : Math.min(current.end_date, warnsAt)
}

/** When it warns of its end (stripe-facts row 73), or null where it has. */
export function warningAt(world: World, schedule: SubscriptionSchedule): number | null {
  if (world.must('~schedule', schedule.id).warned) return null
  const end = schedule.phases.at(-1)?.end_date ?? 0
  return end - world.settings.scheduleExpiringDays * 86_400
}
