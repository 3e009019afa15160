import type { z } from 'zod'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import type { SubscriptionSchedule } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { applyPhase } from './apply-phase.ts'
import { changeSchedule } from './change-schedule.ts'
import { defaultSettings } from './create-schedule.ts'
import { refuseEnded } from './end-schedule.ts'
import { makePhases, type Phase } from './make-phases.ts'
import { scheduleNext } from './next-step.ts'
import type { updateSchedule } from './parameters.ts'

/**
 * Changes a schedule. What its running phase gets otherwise, the subscription gets now.
 * @throws {StripeError} 400 for a schedule that is over, or phases that leave out the running one.
 */
export function changeWholeSchedule(
  world: World,
  id: string,
  input: z.output<typeof updateSchedule>,
): SubscriptionSchedule {
  const schedule = world.must('subscription_schedule', id)
  refuseEnded(schedule, 'update')
  const phases = input.phases === undefined ? undefined : newPhases(world, schedule, input.phases)
  const { current_phase: current } = schedule
  const running = phases?.find(({ start_date: start }) => start === current?.start_date)
  if (phases !== undefined) world.patch('~schedule', id, { warned: false })
  changeSchedule(world, id, {
    ...(input.metadata === undefined
      ? {}
      : { metadata: mergeMetadata(schedule.metadata ?? {}, input.metadata) }),
    ...(input.end_behavior === undefined ? {} : { end_behavior: input.end_behavior }),
    ...(input.default_settings === undefined
      ? {}
      : { default_settings: defaultSettings(input.default_settings, schedule.default_settings) }),
    ...(phases === undefined ? {} : { phases }),
    ...(running === undefined || current === null
      ? {}
      : { current_phase: { ...current, end_date: running.end_date } }),
  })
  if (running !== undefined && schedule.status === 'active') {
    applyPhase(world, id, running, { proration: input.proration_behavior ?? 'create_prorations' })
  }
  scheduleNext(world, id)
  return world.must('subscription_schedule', id)
}

function newPhases(
  world: World,
  schedule: SubscriptionSchedule,
  inputs: NonNullable<z.output<typeof updateSchedule>['phases']>,
): Phase[] {
  const now = world.now(schedule.customer)
  const asked = inputs[0]?.start_date
  const start = asked === 'now' ? now : (asked ?? schedule.phases[0]?.start_date ?? now)
  const phases = makePhases(world, inputs, start, now)
  const { current_phase: current } = schedule
  const isKept =
    current === null || phases.some(({ start_date: from }) => from === current.start_date)
  if (!isKept) {
    throw invalidRequest('You can not modify the start date of the current phase.', {
      param: 'phases',
    })
  }
  return phases
}
