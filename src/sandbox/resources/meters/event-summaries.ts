import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Meter, MeterEventSummary } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { meterUsage } from './meter-usage.ts'

const WINDOWS = { hour: 3_600, day: 86_400 }

export interface SummaryRange {
  readonly customer: string
  readonly start_time: number
  readonly end_time: number
  readonly value_grouping_window?: 'hour' | 'day' | undefined
}

/**
 * Usage summed over the whole range, or per hour or day, newest first. Immediate here; Stripe's own
 * may lag (stripe-facts §5).
 * @throws {StripeError} where the times do not stand on whole minutes, hours or UTC days.
 */
export function eventSummaries(
  world: World,
  meter: Meter,
  range: SummaryRange,
): MeterEventSummary[] {
  const grid = range.value_grouping_window === undefined ? 60 : WINDOWS[range.value_grouping_window]
  const unit = range.value_grouping_window ?? 'minute'
  for (const [param, time] of [
    ['start_time', range.start_time],
    ['end_time', range.end_time],
  ] as const) {
    if (time % grid !== 0) {
      throw invalidRequest(`${param} must be aligned with ${unit} boundaries.`, { param })
    }
  }
  if (range.end_time <= range.start_time) {
    throw invalidRequest('end_time must be after start_time.', { param: 'end_time' })
  }
  const size = range.value_grouping_window === undefined ? range.end_time - range.start_time : grid
  const summaries: MeterEventSummary[] = []
  for (let end = range.end_time; end > range.start_time; end -= size) {
    summaries.push(summary(world, meter, range.customer, end - size, end))
  }
  return summaries
}

function summary(
  world: World,
  meter: Meter,
  customer: string,
  start: number,
  end: number,
): MeterEventSummary {
  return {
    // Made of what it sums up, so that a page can be continued from it.
    id: `mtrusg_${meter.id.slice(-8)}${customer.slice(-8)}${String(start)}${String(end)}`,
    object: 'billing.meter_event_summary',
    aggregated_value: Number(meterUsage(world, { meter: meter.id, customer, start, end })),
    end_time: end,
    livemode: false,
    meter: meter.id,
    start_time: start,
  }
}
