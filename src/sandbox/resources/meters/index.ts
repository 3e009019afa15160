import { z } from 'zod'
import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { pageOf, pageOfValues } from '../../protocol/list.ts'
import { hash, oneOf, paging, text, timestamp } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { acceptMeterEvent } from './accept-meter-event.ts'
import { cancelMeterEvent } from './cancel-meter-event.ts'
import { createMeter, deactivateMeter, reactivateMeter, renameMeter } from './change-meter.ts'
import { eventSummaries } from './event-summaries.ts'
import { v2Routes } from './v2.ts'

export { meterUsage } from './meter-usage.ts'

const create = route({
  method: 'POST',
  path: '/v1/billing/meters',
  params: hash({
    default_aggregation: hash({ formula: oneOf('count', 'last', 'sum') }),
    display_name: text,
    event_name: text,
    customer_mapping: hash({ event_payload_key: text, type: oneOf('by_id') }).optional(),
    event_time_window: oneOf('day', 'hour').optional(),
    value_settings: hash({ event_payload_key: text }).optional(),
  }),
  handle: ({ world, params }) => createMeter(world, params),
})

const update = route({
  method: 'POST',
  path: '/v1/billing/meters/:meter',
  params: hash({ display_name: text.optional() }),
  handle: ({ world, path, params }) => {
    const meter = inPath(world, 'billing.meter', path['meter'])
    return renameMeter(world, meter, params.display_name ?? meter.display_name)
  },
})

const deactivate = route({
  method: 'POST',
  path: '/v1/billing/meters/:meter/deactivate',
  params: hash({}),
  handle: ({ world, path }) =>
    deactivateMeter(world, inPath(world, 'billing.meter', path['meter'])),
})

const reactivate = route({
  method: 'POST',
  path: '/v1/billing/meters/:meter/reactivate',
  params: hash({}),
  handle: ({ world, path }) =>
    reactivateMeter(world, inPath(world, 'billing.meter', path['meter'])),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/billing/meters/:meter',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'billing.meter', path['meter']),
})

const all = route({
  method: 'GET',
  path: '/v1/billing/meters',
  params: hash({ ...paging, status: oneOf('active', 'inactive').optional() }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('billing.meter'),
      params,
      '/v1/billing/meters',
      (meter) => params.status === undefined || meter.status === params.status,
    ),
})

const summaries = route({
  method: 'GET',
  path: '/v1/billing/meters/:meter/event_summaries',
  params: hash({
    ...paging,
    customer: text,
    end_time: timestamp,
    start_time: timestamp,
    value_grouping_window: oneOf('day', 'hour').optional(),
  }),
  handle: ({ world, path, params }) => {
    const meter = inPath(world, 'billing.meter', path['meter'])
    inParameter(world, 'customer', params.customer, 'customer')
    return pageOfValues(
      eventSummaries(world, meter, params),
      params,
      `/v1/billing/meters/${meter.id}/event_summaries`,
    )
  },
})

const events = route({
  method: 'POST',
  path: '/v1/billing/meter_events',
  params: hash({
    event_name: text,
    identifier: text.optional(),
    payload: z.record(z.string(), z.string()),
    timestamp: timestamp.optional(),
  }),
  handle: ({ world, params }) => {
    const record = acceptMeterEvent(world, params)
    return {
      object: 'billing.meter_event',
      created: record.received,
      event_name: record.event_name,
      identifier: record.identifier,
      livemode: false,
      payload: params.payload,
      timestamp: record.timestamp,
    }
  },
})

const adjustments = route({
  method: 'POST',
  path: '/v1/billing/meter_event_adjustments',
  params: hash({
    cancel: hash({ identifier: text }),
    event_name: text,
    type: oneOf('cancel'),
  }),
  handle: ({ world, params }) => {
    cancelMeterEvent(world, params.event_name, params.cancel.identifier)
    return {
      object: 'billing.meter_event_adjustment',
      cancel: params.cancel,
      event_name: params.event_name,
      livemode: false,
      status: 'pending',
      type: params.type,
    }
  },
})

export const meters: Module = {
  routes: [
    create,
    update,
    deactivate,
    reactivate,
    retrieve,
    all,
    summaries,
    events,
    adjustments,
    ...v2Routes,
  ],
}
