import { addInterval, DAY, MINUTE } from './calendar.ts'

/** Seconds: the first counts, the last does not. */
export interface Period {
  from: number
  to: number
}

/** Billing periods as Stripe counts them: whole intervals from one second on. */
export interface Calendar {
  /** A month after 28 February ends on 31 March where this is a 31st. */
  anchor: number
  /** day | week | month | year */
  interval: string
  intervalCount: number
}

const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['day', DAY],
  ['week', 7 * DAY],
  ['month', 30 * DAY],
  ['year', 365 * DAY],
])

/** null: not a calendar Stripe bills by. */
export function calendarOf(
  anchor: number | null,
  interval: string | null,
  intervalCount: number,
): Calendar | null {
  const isKnown = interval !== null && LENGTHS.has(interval) && intervalCount >= 1
  return anchor === null || !isKnown ? null : { anchor, interval, intervalCount }
}

/** The period that a second lies in. */
export function periodAt(calendar: Calendar, at: number): Period {
  let index = Math.floor((at - calendar.anchor) / lengthOf(calendar))
  while (startOf(calendar, index + 1) <= at) index += 1
  while (startOf(calendar, index) > at) index -= 1
  return { from: startOf(calendar, index), to: startOf(calendar, index + 1) }
}

/** The period that ends at this second, give or take a minute; null: none does. */
export function periodBefore(calendar: Calendar, end: number): Period | null {
  const period = periodAt(calendar, end - MINUTE - 1)
  return Math.abs(period.to - end) <= MINUTE ? period : null
}

function lengthOf({ interval, intervalCount }: Calendar): number {
  return (LENGTHS.get(interval) ?? DAY) * intervalCount
}

function startOf({ anchor, interval, intervalCount }: Calendar, index: number): number {
  return addInterval(anchor, interval, index * intervalCount) ?? anchor
}
