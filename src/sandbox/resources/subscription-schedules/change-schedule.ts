import type { SubscriptionSchedule } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { scheduleNext } from './next-step.ts'

/** Changes a schedule and tells, once it has been told of at all. */
export function changeSchedule(
  world: World,
  id: string,
  fields: Partial<SubscriptionSchedule>,
): SubscriptionSchedule {
  const schedule = world.must('~schedule', id).announced
    ? world.change('subscription_schedule', id, fields, 'subscription_schedule.updated')
    : world.patch('subscription_schedule', id, fields)
  scheduleNext(world, id)
  return schedule
}
