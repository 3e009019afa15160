/** How far to move the clock; parts add up. Months are not offered: they have no one length. */
export interface Duration {
  readonly seconds?: number
  readonly minutes?: number
  readonly hours?: number
  readonly days?: number
}

const SECONDS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const
const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const

/**
 * @throws {RangeError} for a part that is no number, is negative, or has no such name.
 */
export function secondsIn(duration: Duration): number {
  let total = 0
  for (const [part, value] of Object.entries(duration)) {
    if (!Object.hasOwn(SECONDS, part)) {
      throw new RangeError(
        `"${part}" is no part of a duration; use ${Object.keys(SECONDS).join(', ')}`,
      )
    }
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
      throw new RangeError(`${part} is ${String(value)}; time moves forward by a number of ${part}`)
    }
    total += value * SECONDS[part as keyof typeof SECONDS]
  }
  return Math.round(total)
}

/**
 * `31d`, `2h30m`, `45s`, `1w`.
 * @throws {RangeError} where the text is none of these.
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/gu)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new RangeError(`"${text}" is no duration; write 31d, 2h30m, 45s or 1w`)
  }
  return Math.round(
    parts.reduce(
      (sum, [, value, unit]) => sum + Number(value) * UNITS[unit as keyof typeof UNITS],
      0,
    ),
  )
}
