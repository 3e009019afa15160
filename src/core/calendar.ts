export const MINUTE = 60
export const HOUR = 3600
export const DAY = 86_400

/**
 * Adds whole billing intervals in UTC as Stripe does: a month keeps the day of the month and
 * falls back to the last day of a shorter one.
 */
export function addInterval(at: number, interval: string | null, count: number): number | null {
  switch (interval) {
    case 'day':
      return at + count * DAY
    case 'week':
      return at + count * 7 * DAY
    case 'month':
      return addMonths(at, count)
    case 'year':
      return addMonths(at, count * 12)
    default:
      return null
  }
}

function addMonths(at: number, months: number): number {
  const from = new Date(at * 1000)
  const target = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1))
  const lastDay = new Date(
    Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0),
  ).getUTCDate()
  const midnight = Date.UTC(
    target.getUTCFullYear(),
    target.getUTCMonth(),
    Math.min(from.getUTCDate(), lastDay),
  )
  const result = midnight / 1000 + (at - Math.floor(at / DAY) * DAY)
  return Number.isFinite(result) ? result : at
}

/** `2026-03-01 12:00 UTC`: one spelling of a second in every sentence. */
export function formatSecond(at: number): string {
  const date = new Date(at * 1000)
  if (Number.isNaN(date.getTime())) return `second ${at}`
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
