/** Seconds. */
export const MINUTE = 60
export const HOUR = 3600
export const DAY = 86_400

export type Interval = 'day' | 'week' | 'month' | 'year'

/** Second of a UTC date, e.g. `utc('2026-01-15T10:00:00Z')`. */
export function utc(text: string): number {
  return Date.parse(text) / 1000
}

/** `count` calendar intervals after `from`, as Stripe anchors billing periods. */
export function addInterval(from: number, interval: Interval, count = 1): number {
  const date = new Date(from * 1000)
  if (interval === 'day') date.setUTCDate(date.getUTCDate() + count)
  if (interval === 'week') date.setUTCDate(date.getUTCDate() + 7 * count)
  if (interval === 'month') date.setUTCMonth(date.getUTCMonth() + count)
  if (interval === 'year') date.setUTCFullYear(date.getUTCFullYear() + count)
  return date.getTime() / 1000
}
