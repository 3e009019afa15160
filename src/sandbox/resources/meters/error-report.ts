import type { World } from '../../world/world.ts'
import type { MeterEventFault } from './meter-event.ts'

export interface FaultyEvent {
  readonly fault: MeterEventFault
  readonly identifier: string
}

/** Reports cover windows of some ten seconds (stripe-facts §5). */
const WINDOW_SECONDS = 10
/** "Only samples" of the failed identifiers are told (stripe-facts §5). */
const MOST_SAMPLES = 5

/**
 * Tells of meter events that the stream took and could not count: one thin event per meter, and one
 * for those that name no meter. Said at once, where Stripe gathers for some seconds first.
 */
export function reportFaults(world: World, faulty: readonly FaultyEvent[]): void {
  const byMeter = grouped(faulty, ({ fault }) => fault.meter?.id ?? null)
  for (const [meter, events] of byMeter) {
    world.emitThin({
      type:
        meter === null
          ? 'v1.billing.meter.no_meter_found'
          : 'v1.billing.meter.error_report_triggered',
      related_object:
        meter === null
          ? null
          : { id: meter, type: 'billing.meter', url: `/v1/billing/meters/${meter}` },
      data: reportOf(world.now(), events),
    })
  }
}

function reportOf(now: number, events: readonly FaultyEvent[]) {
  const start = now - (now % WINDOW_SECONDS)
  const byCode = grouped(events, ({ fault }) => fault.code)
  return {
    developer_message_summary: `There ${events.length === 1 ? 'is 1 invalid event' : `are ${String(events.length)} invalid events`}`,
    reason: {
      error_count: events.length,
      error_types: Array.from(byCode, ([code, of]) => ({
        code,
        error_count: of.length,
        sample_errors: of.slice(0, MOST_SAMPLES).map(({ fault, identifier }) => ({
          error_message: fault.message,
          request: { identifier },
        })),
      })),
    },
    validation_end: new Date((start + WINDOW_SECONDS) * 1_000).toISOString(),
    validation_start: new Date(start * 1_000).toISOString(),
  }
}

function grouped<T, Key>(values: readonly T[], keyOf: (value: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return groups
}
