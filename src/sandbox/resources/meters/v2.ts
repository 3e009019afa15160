import { z } from 'zod'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { hash, oneOf, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { acceptMeterEvent } from './accept-meter-event.ts'
import { cancelMeterEvent } from './cancel-meter-event.ts'
import { authenticateStream, openEventSession, streamMeterEvents } from './event-stream.ts'

const MOST_EVENTS = 100

const event = {
  event_name: text,
  identifier: text.optional(),
  payload: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)),
  timestamp: text.optional(),
}

const events = route({
  method: 'POST',
  path: '/v2/billing/meter_events',
  params: hash(event),
  handle: ({ world, params }) => {
    const record = acceptMeterEvent(world, {
      ...params,
      timestamp: secondsOf(params.timestamp, 'timestamp'),
    })
    return {
      object: 'v2.billing.meter_event',
      created: iso(record.received),
      event_name: record.event_name,
      identifier: record.identifier,
      livemode: false,
      payload: params.payload,
      timestamp: iso(record.timestamp),
    }
  },
})

const adjustments = route({
  method: 'POST',
  path: '/v2/billing/meter_event_adjustments',
  params: hash({
    cancel: hash({ identifier: text }),
    event_name: text,
    type: oneOf('cancel'),
  }),
  handle: ({ world, params }) => {
    cancelMeterEvent(world, params.event_name, params.cancel.identifier)
    return {
      id: world.id('mtradj_test'),
      object: 'v2.billing.meter_event_adjustment',
      cancel: params.cancel,
      created: iso(world.now()),
      event_name: params.event_name,
      livemode: false,
      status: 'pending',
      type: params.type,
    }
  },
})

const session = route({
  method: 'POST',
  path: '/v2/billing/meter_event_session',
  params: hash({}),
  handle: ({ world }) => openEventSession(world),
})

const stream = route({
  method: 'POST',
  path: '/v2/billing/meter_event_stream',
  authenticate: authenticateStream,
  params: hash({ events: z.array(hash(event)) }),
  handle: ({ world, params }) => {
    if (params.events.length > MOST_EVENTS) {
      throw invalidRequest(`At most ${String(MOST_EVENTS)} events can be sent at once.`, {
        param: 'events',
      })
    }
    streamMeterEvents(
      world,
      params.events.map((one, at) => ({
        ...one,
        timestamp: secondsOf(one.timestamp, `events[${String(at)}][timestamp]`),
      })),
    )
    return {}
  },
})

function secondsOf(time: string | undefined, param: string): number | undefined {
  if (time === undefined) return undefined
  const seconds = Date.parse(time) / 1_000
  if (Number.isNaN(seconds)) {
    throw invalidRequest(`Invalid timestamp: ${time}. It must be as RFC 3339 writes it.`, { param })
  }
  return Math.floor(seconds)
}

function iso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString()
}

export const v2Routes = [events, adjustments, session, stream]
