import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import {
  faultError,
  isFault,
  readMeterEvent,
  recentEvent,
  type MeterEventInput,
} from './meter-event.ts'
import type { UsageRecord } from './usage-record.ts'

/**
 * Counts a meter event, checked at once, as both `meter_events` endpoints do. No event is emitted:
 * Stripe has none for usage (stripe-facts §0d).
 * @throws {StripeError} where it cannot count, or its identifier came within 24 hours.
 */
export function acceptMeterEvent(world: World, input: MeterEventInput): UsageRecord {
  const read = readMeterEvent(world, input)
  if (isFault(read)) throw faultError(read)
  const identifier = input.identifier ?? freshIdentifier(world)
  if (recentEvent(world, identifier, read.received) !== undefined) {
    throw invalidRequest(`An event already exists with identifier ${identifier}.`, {
      code: 'duplicate_meter_event_identifier',
      param: 'identifier',
    })
  }
  return store(world, { ...read, identifier })
}

/** As the stream does it: faults and repeats are the caller's to report, nothing is thrown. */
export function countStreamed(world: World, read: UsageRecord): void {
  const identifier = read.identifier === '' ? freshIdentifier(world) : read.identifier
  if (recentEvent(world, identifier, read.received) !== undefined) return
  store(world, { ...read, identifier })
}

function store(world: World, record: UsageRecord): UsageRecord {
  const stored = world.insert('~meter_event', { ...record, id: world.id('mtrevt') })
  world.signal('usage.counted', { customer: stored.customer, meter: stored.meter })
  return stored
}

function freshIdentifier(world: World): string {
  const hex = (length: number) =>
    Array.from({ length }, () => world.random.integer(16).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
}
