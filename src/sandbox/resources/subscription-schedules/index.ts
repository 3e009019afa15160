import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import { createdRange, flag, hash, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { newSchedule } from './create-schedule.ts'
import {
  cancelSchedule,
  endSchedulesOf,
  followSubscription,
  releaseSchedule,
} from './end-schedule.ts'
import { STEP } from './next-step.ts'
import { createSchedule, legacySchedule, updateSchedule } from './parameters.ts'
import { stepSchedule } from './run-schedule.ts'
import { changeWholeSchedule } from './update-schedule.ts'

const NOUN = 'subscription_schedule'

const create = route({
  method: 'POST',
  path: '/v1/subscription_schedules',
  params: createSchedule,
  legacy: legacySchedule,
  handle: ({ world, params }) => newSchedule(world, params),
})

const update = route({
  method: 'POST',
  path: '/v1/subscription_schedules/:schedule',
  params: updateSchedule,
  legacy: legacySchedule,
  handle: ({ world, path, params }) =>
    changeWholeSchedule(world, inPath(world, NOUN, path['schedule']).id, params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/subscription_schedules/:schedule',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, NOUN, path['schedule']),
})

const all = route({
  method: 'GET',
  path: '/v1/subscription_schedules',
  params: hash({
    ...paging,
    canceled_at: createdRange.optional(),
    completed_at: createdRange.optional(),
    created: createdRange.optional(),
    customer: text.optional(),
    released_at: createdRange.optional(),
    scheduled: flag.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table(NOUN),
      params,
      '/v1/subscription_schedules',
      (schedule) =>
        (params.customer === undefined || schedule.customer === params.customer) &&
        (params.scheduled !== true || schedule.status === 'not_started') &&
        isCreatedIn(schedule.created, params.created) &&
        within(schedule.canceled_at, params.canceled_at) &&
        within(schedule.completed_at, params.completed_at) &&
        within(schedule.released_at, params.released_at),
    ),
})

function within(at: number | null, range: Parameters<typeof isCreatedIn>[1]): boolean {
  return range === undefined || (at !== null && isCreatedIn(at, range))
}

const cancel = route({
  method: 'POST',
  path: '/v1/subscription_schedules/:schedule/cancel',
  params: hash({ invoice_now: flag.optional(), prorate: flag.optional() }),
  handle: ({ world, path, params }) =>
    cancelSchedule(world, inPath(world, NOUN, path['schedule']).id, {
      invoiceNow: params.invoice_now ?? true,
      prorate: params.prorate ?? true,
    }),
})

const release = route({
  method: 'POST',
  path: '/v1/subscription_schedules/:schedule/release',
  params: hash({ preserve_cancel_date: flag.optional() }),
  handle: ({ world, path }) => releaseSchedule(world, inPath(world, NOUN, path['schedule']).id),
})

export const subscriptionSchedules: Module = {
  routes: [create, update, retrieve, all, cancel, release],
  jobs: { [STEP]: stepSchedule },
  reactions: {
    'customer.deleting': (world, { id }) => {
      endSchedulesOf(world, id)
    },
    'subscription.changed': (world, { id }) => {
      followSubscription(world, id)
    },
  },
}
