import { invalidRequest, type StripeError } from '../../protocol/stripe-error.ts'
import type { Meter } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { UsageRecord } from './usage-record.ts'

export interface MeterEventInput {
  readonly event_name: string
  readonly payload: Readonly<Record<string, string>>
  readonly identifier?: string | undefined
  /** Unix seconds; now by default. */
  readonly timestamp?: number | undefined
}

/** Why a meter event cannot count, as Stripe's error reports name it (stripe-facts §5). */
export interface MeterEventFault {
  readonly code:
    | 'archived_meter'
    | 'meter_event_customer_not_found'
    | 'meter_event_invalid_value'
    | 'meter_event_no_customer_defined'
    | 'meter_event_value_too_many_digits'
    | 'no_meter'
    | 'timestamp_in_future'
    | 'timestamp_too_far_in_past'
  readonly message: string
  /** The meter it was meant for, where there is one. */
  readonly meter: Meter | null
  readonly param: string
}

/** 35 days back, 5 minutes ahead (stripe-facts §5). */
const PAST_SECONDS = 35 * 86_400
const FUTURE_SECONDS = 5 * 60
/** "At least 24 hours" (stripe-facts §5). */
export const IDENTIFIER_SECONDS = 24 * 3_600
const MOST_DIGITS = 15

/** What the event would count as, or why it cannot. Changes nothing. */
export function readMeterEvent(
  world: World,
  input: MeterEventInput,
): UsageRecord | MeterEventFault {
  const meters = world.where('billing.meter', 'event_name', input.event_name)
  const meter = meters.find(({ status }) => status === 'active') ?? meters.at(-1) ?? null
  const fault = (code: MeterEventFault['code'], message: string, param: string) => ({
    code,
    message,
    meter,
    param,
  })
  if (meter === null) {
    return fault('no_meter', `No meter with event name ${input.event_name} exists.`, 'event_name')
  }
  if (meter.status !== 'active') {
    return fault('archived_meter', `Meter ${meter.id} is archived.`, 'event_name')
  }
  const key = meter.customer_mapping.event_payload_key
  const customer = input.payload[key] ?? ''
  if (customer === '') {
    return fault(
      'meter_event_no_customer_defined',
      `The payload has no ${key}: it must be the id of a customer.`,
      `payload[${key}]`,
    )
  }
  if (world.get('customer', customer) === undefined) {
    return fault(
      'meter_event_customer_not_found',
      `No such customer: '${customer}'`,
      `payload[${key}]`,
    )
  }
  const value = valueOf(meter, input.payload)
  if (typeof value !== 'string') return fault(value.code, value.message, value.param)
  const now = world.now(customer)
  const timestamp = input.timestamp ?? now
  if (timestamp > now + FUTURE_SECONDS) {
    return fault(
      'timestamp_in_future',
      'The timestamp is more than 5 minutes in the future.',
      'timestamp',
    )
  }
  if (timestamp < now - PAST_SECONDS) {
    return fault(
      'timestamp_too_far_in_past',
      'The timestamp is more than 35 calendar days in the past.',
      'timestamp',
    )
  }
  return {
    id: '',
    identifier: input.identifier ?? '',
    event_name: input.event_name,
    meter: meter.id,
    customer,
    value,
    timestamp,
    received: now,
    canceled: false,
  }
}

export function isFault(read: UsageRecord | MeterEventFault): read is MeterEventFault {
  return 'code' in read
}

function valueOf(
  meter: Meter,
  payload: Readonly<Record<string, string>>,
): string | Pick<MeterEventFault, 'code' | 'message' | 'param'> {
  if (meter.default_aggregation.formula === 'count') return '1'
  const key = meter.value_settings.event_payload_key
  const value = payload[key] ?? ''
  const param = `payload[${key}]`
  if (!/^[+-]?\d+(\.\d+)?$/u.test(value)) {
    return {
      code: 'meter_event_invalid_value',
      message: `Invalid value '${value}' for ${key}: it must be a number.`,
      param,
    }
  }
  if (value.replace(/\D/gu, '').length > MOST_DIGITS) {
    return {
      code: 'meter_event_value_too_many_digits',
      message: `The value ${value} has too many digits: ${String(MOST_DIGITS)} at most.`,
      param,
    }
  }
  return value.replace(/^\+/u, '')
}

/** The event accepted under this identifier in the last 24 hours. */
export function recentEvent(
  world: World,
  identifier: string,
  now: number,
): UsageRecord | undefined {
  return world
    .where('~meter_event', 'identifier', identifier)
    .find(({ received }) => now - received < IDENTIFIER_SECONDS)
}

export function faultError(fault: MeterEventFault): StripeError {
  return invalidRequest(fault.message, { code: fault.code, param: fault.param })
}
