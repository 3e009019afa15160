import type { Meter } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { decimalText, ONE, unitsOf } from '../prices/decimal.ts'
import type { UsageRecord } from './usage-record.ts'

/**
 * What a meter counts for a customer from `start` up to, not including, `end` (Unix seconds), as
 * decimal text. Nothing counted is `0`.
 */
export function meterUsage(
  world: World,
  input: {
    readonly meter: string
    readonly customer: string
    readonly start: number
    readonly end: number
  },
): string {
  const records = world
    .where('~meter_event', 'counted', `${input.meter} ${input.customer}`)
    .filter(({ timestamp }) => timestamp >= input.start && timestamp < input.end)
  return aggregate(world.must('billing.meter', input.meter), records)
}

/** `records` in the order Stripe received them. */
export function aggregate(meter: Meter, records: readonly UsageRecord[]): string {
  switch (meter.default_aggregation.formula) {
    case 'count':
      return String(records.length)
    case 'last':
      return records.reduce<{ at: number; value: string }>(
        (last, { timestamp, value }) => (timestamp >= last.at ? { at: timestamp, value } : last),
        { at: -1, value: '0' },
      ).value
    default:
      return decimalText(records.reduce((sum, { value }) => sum + unitsOf(value), 0n * ONE))
  }
}
