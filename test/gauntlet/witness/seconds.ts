import type { Json } from '../../support/stripe/index.ts'

export const HOUR = 3_600
export const DAY = 86_400

/** Seconds of the longest interval of its kind. */
const LONGEST: Readonly<Record<string, number>> = {
  day: DAY,
  week: 7 * DAY,
  month: 31 * DAY,
  year: 366 * DAY,
}

/** Seconds that one period of an item takes at the most. */
export function intervalOf(item: Json): number {
  const price = (item['price'] ?? item['plan'] ?? {}) as Json
  const recurring = (price['recurring'] ?? price) as Json
  const length = LONGEST[String(recurring['interval'])] ?? 0
  return length * Number(recurring['interval_count'] ?? 1)
}
