/** Tells seconds as a person's own clock shows them. */
export interface LocalTime {
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly zone: string
  /** `28 Feb 2026, 09:00`. */
  moment(seconds: number): string
  /** Whether a sentence carries a time. */
  isIn(text: string): boolean
  /** Puts the times that sentences carry, which are in UTC, on this clock. */
  sentence(text: string): string
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** The one spelling of a second in the core's sentences (`formatSecond`). */
const IN_SENTENCES = /(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/g

/** The zone this machine is set to. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** @param zone IANA name; throws a RangeError where it is none. */
export function localTime(zone: string): LocalTime {
  // Parts in numbers are spelt alike by every version of ICU; names of months are not.
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
  const moment = (seconds: number): string => {
    const date = new Date(seconds * 1000)
    if (Number.isNaN(date.getTime())) return `second ${seconds}`
    const parts = Object.fromEntries(
      format.formatToParts(date).map(({ type, value }) => [type, value]),
    )
    const { day = '', month = '', year = '', hour = '', minute = '' } = parts
    return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}, ${hour}:${minute}`
  }
  return {
    zone: format.resolvedOptions().timeZone,
    moment,
    isIn: (text) => text.search(IN_SENTENCES) >= 0,
    sentence: (text) =>
      text.replace(IN_SENTENCES, (_, day: string, time: string) =>
        moment(Date.parse(`${day}T${time}Z`) / 1000),
      ),
  }
}
