import { describe, expect, it } from 'vitest'
import { addInterval, DAY, formatSecond } from './calendar.ts'

const at = (text: string) => Date.parse(text) / 1000
const after = (text: string, interval: string | null, count = 1) => {
  const found = addInterval(at(text), interval, count)
  return found === null ? null : new Date(found * 1000).toISOString()
}

describe('addInterval', () => {
  it('keeps the day of the month and the time of day', () => {
    expect(after('2026-01-15T10:11:12Z', 'month')).toBe('2026-02-15T10:11:12.000Z')
    expect(after('2026-11-30T23:59:59Z', 'month', 2)).toBe('2027-01-30T23:59:59.000Z')
  })

  it.each([
    ['2026-01-31T10:00:00Z', 1, '2026-02-28T10:00:00.000Z'],
    ['2028-01-31T10:00:00Z', 1, '2028-02-29T10:00:00.000Z'],
    ['2026-08-31T00:00:00Z', 1, '2026-09-30T00:00:00.000Z'],
    ['2026-01-30T10:00:00Z', 1, '2026-02-28T10:00:00.000Z'],
    ['2026-10-31T10:00:00Z', 6, '2027-04-30T10:00:00.000Z'],
  ])('falls back to the last day of a shorter month: %s and %i month(s)', (from, count, to) => {
    expect(after(from, 'month', count)).toBe(to)
  })

  it('counts months from where it began, not from a shortened month', () => {
    expect(after('2026-01-31T10:00:00Z', 'month', 2)).toBe('2026-03-31T10:00:00.000Z')
  })

  it('takes a leap day to the last of February in other years and back in the next leap year', () => {
    expect(after('2028-02-29T10:00:00Z', 'year')).toBe('2029-02-28T10:00:00.000Z')
    expect(after('2028-02-29T10:00:00Z', 'year', 4)).toBe('2032-02-29T10:00:00.000Z')
    expect(after('2096-02-29T10:00:00Z', 'year', 4)).toBe('2100-02-28T10:00:00.000Z')
  })

  it('adds days and weeks as they are, across a change of summer time too', () => {
    expect(after('2026-03-28T10:00:00Z', 'day', 2)).toBe('2026-03-30T10:00:00.000Z')
    expect(after('2026-12-29T10:00:00Z', 'week')).toBe('2027-01-05T10:00:00.000Z')
  })

  it('knows no other interval', () => {
    expect(after('2026-01-15T10:00:00Z', 'aeon')).toBeNull()
    expect(after('2026-01-15T10:00:00Z', null)).toBeNull()
  })

  it('stays a number where the calendar ends', () => {
    expect(addInterval(Number.MAX_SAFE_INTEGER, 'month', 1)).toBe(Number.MAX_SAFE_INTEGER)
    expect(addInterval(0, 'day', -1)).toBe(-DAY)
  })
})

describe('formatSecond', () => {
  it('writes a second for people, in UTC and to the minute', () => {
    expect(formatSecond(at('2026-03-01T12:34:56Z'))).toBe('2026-03-01 12:34 UTC')
  })

  it('writes what no calendar knows as the number it is', () => {
    expect(formatSecond(Number.MAX_SAFE_INTEGER)).toBe(`second ${String(Number.MAX_SAFE_INTEGER)}`)
    expect(formatSecond(Infinity)).toBe('second Infinity')
  })
})
