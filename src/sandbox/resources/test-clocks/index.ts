import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { pageOf } from '../../protocol/list.ts'
import { hash, paging, text, timestamp } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { TestClock } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** Seconds of the sandbox's own time that a test clock says `advancing` before it is `ready`. */
const ADVANCING_SECONDS = 1

const create = route({
  method: 'POST',
  path: '/v1/test_helpers/test_clocks',
  params: hash({ frozen_time: timestamp, name: text.optional() }),
  handle: ({ world, params }) => {
    const clock: TestClock = {
      id: world.id('clock'),
      object: 'test_helpers.test_clock',
      created: world.now(),
      deletes_after: world.now() + 30 * 86_400,
      frozen_time: params.frozen_time,
      livemode: false,
      name: params.name ?? null,
      status: 'ready',
      status_details: {},
    }
    world.addTestClock(clock.id, params.frozen_time)
    world.insert('test_helpers.test_clock', clock)
    world.emit('test_helpers.test_clock.created', clock)
    return clock
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/test_helpers/test_clocks/:clock',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'test_helpers.test_clock', path['clock']),
})

const all = route({
  method: 'GET',
  path: '/v1/test_helpers/test_clocks',
  params: hash(paging),
  handle: ({ world, params }) =>
    pageOf(world.table('test_helpers.test_clock'), params, '/v1/test_helpers/test_clocks'),
})

const advance = route({
  method: 'POST',
  path: '/v1/test_helpers/test_clocks/:clock/advance',
  params: hash({ frozen_time: timestamp }),
  handle: ({ world, path, params }) => {
    const clock = inPath(world, 'test_helpers.test_clock', path['clock'])
    if (clock.status !== 'ready') {
      throw invalidRequest('Test clock advancement is already underway. Wait until it is ready.')
    }
    if (params.frozen_time <= clock.frozen_time) {
      throw invalidRequest('A test clock can only be advanced to a time after its frozen_time.', {
        param: 'frozen_time',
      })
    }
    const advancing = world.patch('test_helpers.test_clock', clock.id, {
      frozen_time: params.frozen_time,
      status: 'advancing',
      status_details: { advancing: { target_frozen_time: params.frozen_time } },
    })
    world.emit('test_helpers.test_clock.advancing', advancing)
    // On the sandbox's own time, as Stripe does it: the call answers before the billing has run.
    world.schedule(null, {
      at: world.now() + ADVANCING_SECONDS,
      name: 'test_clock.advance',
      id: clock.id,
    })
    return advancing
  },
})

const remove = route({
  method: 'DELETE',
  path: '/v1/test_helpers/test_clocks/:clock',
  params: hash({}),
  handle: ({ world, path }) => {
    const clock = inPath(world, 'test_helpers.test_clock', path['clock'])
    world.signal('test_clock.deleting', { id: clock.id })
    world.emit('test_helpers.test_clock.deleted', clock)
    world.remove('test_helpers.test_clock', clock.id)
    world.dropTestClock(clock.id)
    return { id: clock.id, object: clock.object, deleted: true }
  },
})

function runAdvance(world: World, id: string): void {
  const clock = world.get('test_helpers.test_clock', id)
  const time = world.testClock(id)
  if (clock === undefined || time === undefined) return
  world.advance(time, clock.frozen_time)
  const ready = world.patch('test_helpers.test_clock', id, { status: 'ready', status_details: {} })
  world.emit('test_helpers.test_clock.ready', ready)
}

export const testClocks: Module = {
  routes: [create, retrieve, all, advance, remove],
  jobs: { 'test_clock.advance': runAdvance },
}
