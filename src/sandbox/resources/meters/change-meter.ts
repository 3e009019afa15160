import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Meter } from '../../tables.ts'
import type { World } from '../../world/world.ts'

export interface MeterInput {
  readonly default_aggregation: { readonly formula: 'count' | 'last' | 'sum' }
  readonly display_name: string
  readonly event_name: string
  readonly customer_mapping?: { readonly event_payload_key: string } | undefined
  readonly event_time_window?: 'day' | 'hour' | undefined
  readonly value_settings?: { readonly event_payload_key: string } | undefined
}

/** @throws {StripeError} where an active meter already listens to the event's name. */
export function createMeter(world: World, input: MeterInput): Meter {
  refuseTakenName(world, input.event_name)
  const now = world.now()
  const meter: Meter = {
    id: world.id('mtr_test'),
    object: 'billing.meter',
    created: now,
    customer_mapping: {
      event_payload_key: input.customer_mapping?.event_payload_key ?? 'stripe_customer_id',
      type: 'by_id',
    },
    default_aggregation: { formula: input.default_aggregation.formula },
    display_name: input.display_name,
    event_name: input.event_name,
    event_time_window: input.event_time_window ?? null,
    livemode: false,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: now,
    value_settings: { event_payload_key: input.value_settings?.event_payload_key ?? 'value' },
  }
  world.insert('billing.meter', meter)
  world.emit('billing.meter.created', meter)
  return meter
}

export function renameMeter(world: World, meter: Meter, name: string): Meter {
  if (meter.display_name === name) return meter
  return world.change(
    'billing.meter',
    meter.id,
    { display_name: name, updated: world.now() },
    'billing.meter.updated',
  )
}

export function deactivateMeter(world: World, meter: Meter): Meter {
  if (meter.status === 'inactive') throw invalidRequest('This meter is already inactive.')
  const now = world.now()
  const after = world.patch('billing.meter', meter.id, {
    status: 'inactive',
    status_transitions: { deactivated_at: now },
    updated: now,
  })
  world.emit('billing.meter.deactivated', after)
  return after
}

export function reactivateMeter(world: World, meter: Meter): Meter {
  if (meter.status === 'active') throw invalidRequest('This meter is already active.')
  refuseTakenName(world, meter.event_name)
  const after = world.patch('billing.meter', meter.id, {
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: world.now(),
  })
  world.emit('billing.meter.reactivated', after)
  return after
}

function refuseTakenName(world: World, name: string): void {
  const holder = world
    .where('billing.meter', 'event_name', name)
    .find(({ status }) => status === 'active')
  if (holder === undefined) return
  throw invalidRequest(`An active meter with event name ${name} already exists.`, {
    code: 'resource_already_exists',
    param: 'event_name',
  })
}
