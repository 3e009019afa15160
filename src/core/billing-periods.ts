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
  ['month', 30.436875 * DAY],
  ['year', 365.2425 * DAY],
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

/** The period that a second lies in; null: a payload whose seconds or intervals no calendar reaches. */
export function periodAt(calendar: Calendar, at: number): Period | null {
  // Months differ in length, so that the average may miss by one or two.
  const guess = Math.floor((at - calendar.anchor) / lengthOf(calendar))
  for (const miss of [0, -1, 1, -2, 2]) {
    const from = startOf(calendar, guess + miss)
    const to = startOf(calendar, guess + miss + 1)
    if (from <= at && at < to) return { from, to }
  }
  return null
}

/** The period that ends at this second, give or take a minute; null: none does. */
export function periodBefore(calendar: Calendar, end: number): Period | null {
  const period = periodAt(calendar, end - MINUTE - 1)
  return period !== null && Math.abs(period.to - end) <= MINUTE ? period : null
}

/** The period that begins at this second, give or take a minute, and is not the first; null: none does. */
export function periodAfter(calendar: Calendar, end: number): Period | null {
  const period = periodAt(calendar, end + MINUTE)
  const isNext = period !== null && period.from > calendar.anchor
  return isNext && Math.abs(period.from - end) <= MINUTE ? period : null
}

function lengthOf({ interval, intervalCount }: Calendar): number {
  return (LENGTHS.get(interval) ?? DAY) * intervalCount
}

function startOf({ anchor, interval, intervalCount }: Calendar, index: number): number {
  return addInterval(anchor, interval, index * intervalCount) ?? anchor
}
