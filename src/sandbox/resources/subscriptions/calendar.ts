export type Interval = 'day' | 'week' | 'month' | 'year'

export interface Recurrence {
  readonly interval: Interval
  readonly interval_count: number
}

/** Unix seconds, the end exclusive. */
export interface Period {
  readonly start: number
  readonly end: number
}

const DAY = 86_400

/**
 * `count` recurrences after (or before) `anchor`, Unix seconds. Months and years go by the calendar
 * in UTC and always from the anchor, so that 31 January gives 28 or 29 February and then 31 March.
 */
export function step(anchor: number, recurrence: Recurrence, count: number): number {
  const units = recurrence.interval_count * count
  switch (recurrence.interval) {
    case 'day':
      return anchor + units * DAY
    case 'week':
      return anchor + units * 7 * DAY
    case 'month':
      return addMonths(anchor, units)
    case 'year':
      return addMonths(anchor, 12 * units)
  }
}

function addMonths(from: number, months: number): number {
  const date = new Date(from * 1_000)
  const month = date.getUTCMonth() + months
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const midnight = Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastDay))
  const seconds = date.getUTCHours() * 3_600 + date.getUTCMinutes() * 60 + date.getUTCSeconds()
  return midnight / 1_000 + seconds
}

/** The whole period of the cycle through `anchor` that contains the moment `at`. */
export function periodAround(anchor: number, recurrence: Recurrence, at: number): Period {
  let count = Math.floor((at - anchor) / roughLength(recurrence))
  while (step(anchor, recurrence, count) > at) count -= 1
  while (step(anchor, recurrence, count + 1) <= at) count += 1
  return { start: step(anchor, recurrence, count), end: step(anchor, recurrence, count + 1) }
}

function roughLength({ interval, interval_count }: Recurrence): number {
  const days = { day: 1, week: 7, month: 30.436_875, year: 365.242_5 }[interval]
  return days * interval_count * DAY
}

/** The first moment after `after` with this day, and hour and month where given. */
export function anchorFor(
  config: {
    readonly day_of_month: number
    readonly month?: number | undefined
    readonly hour?: number | undefined
    readonly minute?: number | undefined
    readonly second?: number | undefined
  },
  after: number,
): number {
  const now = new Date(after * 1_000)
  for (let months = 0; months <= 24; months += 1) {
    const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1))
    if (config.month !== undefined && first.getUTCMonth() + 1 !== config.month) continue
    const lastDay = new Date(
      Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0),
    ).getUTCDate()
    const at =
      Date.UTC(
        first.getUTCFullYear(),
        first.getUTCMonth(),
        Math.min(config.day_of_month, lastDay),
        config.hour ?? now.getUTCHours(),
        config.minute ?? now.getUTCMinutes(),
        config.second ?? now.getUTCSeconds(),
      ) / 1_000
    if (at > after) return at
  }
  throw new RangeError(`no such day: ${String(config.day_of_month)}`)
}
