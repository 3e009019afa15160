import type { Module } from '../../module.ts'
import { hash, list, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { missing } from '../../protocol/stripe-error.ts'
import { limit, pageOfV2, timeRange } from './v2-page.ts'
import { shownThinEvent } from './shown-thin-event.ts'

/** Thin events go back 30 days (stripe-facts §3). */
const KEPT_MILLISECONDS = 30 * 86_400_000

const all = route({
  method: 'GET',
  path: '/v2/core/events',
  params: hash({
    created: timeRange.optional(),
    limit: limit.optional(),
    object_id: text.optional(),
    page: text.optional(),
    types: list(text).optional(),
  }),
  handle: ({ world, params }) => {
    const oldest = world.now() * 1_000 - KEPT_MILLISECONDS
    const { created, object_id: object, types } = params
    const page = pageOfV2(world.thinEvents, params, '/v2/core/events', (event) => {
      const at = Date.parse(event.created)
      return (
        at >= oldest &&
        (created?.gt === undefined || at > created.gt) &&
        (created?.gte === undefined || at >= created.gte) &&
        (created?.lt === undefined || at < created.lt) &&
        (created?.lte === undefined || at <= created.lte) &&
        (object === undefined || event.related_object?.id === object) &&
        (types === undefined || types.includes(event.type))
      )
    })
    return { ...page, data: page.data.map(shownThinEvent) }
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v2/core/events/:event',
  params: hash({}),
  handle: ({ world, path }) => {
    const event = world.thinEvents.get(path['event'] ?? '')
    if (event === undefined) throw missing('event', path['event'] ?? '')
    return shownThinEvent(event)
  },
})

export const coreEvents: Module = { routes: [all, retrieve] }
