import type { Module } from '../../module.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import { createdRange, flag, hash, list, paging, text } from '../../protocol/parameters.ts'
import { route, type Route } from '../../protocol/route.ts'
import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { SnapshotEvent } from '../../world/event.ts'
import type { World } from '../../world/world.ts'

/** What the events' routes need of whoever delivers them. */
export interface EventDelivery {
  render(event: SnapshotEvent): Readonly<Record<string, unknown>>
  pendingWebhooks(eventId: string): number
  /** @returns how many destinations it is sent to. */
  resend(event: SnapshotEvent, endpoint?: string): number
}

/** Stripe keeps events for 30 days (stripe-facts §3, "List Events"). */
const KEPT_SECONDS = 30 * 86_400

function eventInPath(world: World, id: string | undefined): SnapshotEvent {
  const event = world.events.get(id ?? '')
  if (event === undefined) throw missing('event', id ?? '')
  return event
}

function routes(delivery: EventDelivery): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/events',
      params: hash({
        ...paging,
        type: text.optional(),
        types: list(text).optional(),
        created: createdRange.optional(),
        delivery_success: flag.optional(),
      }),
      handle: ({ world, params }) => {
        if ((params.types?.length ?? 0) > 20) {
          throw invalidRequest('You may pass up to 20 event types.', { param: 'types' })
        }
        const since = world.now() - KEPT_SECONDS
        const page = pageOf(
          world.events,
          params,
          '/v1/events',
          (event) =>
            event.emitted >= since &&
            (params.type === undefined || matches(event.type, params.type)) &&
            (params.types === undefined || params.types.includes(event.type)) &&
            (params.delivery_success === undefined ||
              params.delivery_success === (delivery.pendingWebhooks(event.id) === 0)) &&
            isCreatedIn(event.created, params.created),
        )
        return { ...page, data: page.data.map((event) => delivery.render(event)) }
      },
    }),
    route({
      method: 'GET',
      path: '/v1/events/:event',
      params: hash({}),
      handle: ({ world, path }) => delivery.render(eventInPath(world, path['event'])),
    }),
    // What `stripe events resend` calls.
    route({
      method: 'POST',
      path: '/v1/events/:event/retry',
      params: hash({ webhook_endpoint: text.optional(), account: text.optional() }),
      handle: ({ world, path, params }) => {
        const event = eventInPath(world, path['event'])
        if (
          params.webhook_endpoint !== undefined &&
          world.get('webhook_endpoint', params.webhook_endpoint) === undefined
        ) {
          throw missing('webhook endpoint', params.webhook_endpoint, 'webhook_endpoint', 400)
        }
        delivery.resend(event, params.webhook_endpoint)
        return delivery.render(event)
      },
    }),
  ]
}

/** `type` may end in a star: `customer.*`. */
function matches(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}

export function events(delivery: EventDelivery): Module {
  return { routes: routes(delivery) }
}
