import { expect, it } from 'vitest'
import { anchorFor, periodAround, step } from './calendar.ts'

const at = (iso: string): number => Date.parse(iso) / 1_000
const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString()
const MONTH = { interval: 'month', interval_count: 1 } as const

it('months are counted from the anchor, so that a short one shortens no other', () => {
  const anchor = at('2027-12-31T23:59:59Z')
  expect([0, 1, 2, 3, 4].map((count) => iso(step(anchor, MONTH, count)).slice(0, 10))).toEqual([
    '2027-12-31',
    '2028-01-31',
    '2028-02-29',
    '2028-03-31',
    '2028-04-30',
  ])
})

it('29 February comes back every fourth year', () => {
  const anchor = at('2024-02-29T00:00:00Z')
  const year = { interval: 'year', interval_count: 1 } as const
  expect(iso(step(anchor, year, 1)).slice(0, 10)).toBe('2025-02-28')
  expect(iso(step(anchor, year, 4)).slice(0, 10)).toBe('2028-02-29')
})

it('a period contains its start and not its end, before the anchor and after', () => {
  const anchor = at('2026-03-31T12:00:00Z')
  for (const moment of ['2020-02-29T12:00:00Z', '2026-03-31T12:00:00Z', '2031-06-15T00:00:00Z']) {
    const { start, end } = periodAround(anchor, MONTH, at(moment))
    expect(start).toBeLessThanOrEqual(at(moment))
    expect(end).toBeGreaterThan(at(moment))
    expect(periodAround(anchor, MONTH, end).start).toBe(end)
    expect(periodAround(anchor, MONTH, end - 1)).toEqual({ start, end })
  }
})

it('weeks and days are of one length', () => {
  const anchor = at('2026-03-28T00:00:00Z')
  expect(step(anchor, { interval: 'week', interval_count: 2 }, 3) - anchor).toBe(42 * 86_400)
  expect(step(anchor, { interval: 'day', interval_count: 10 }, -1) - anchor).toBe(-10 * 86_400)
})

it('an anchor by day is the next such day, or the last of a month that has none', () => {
  const now = at('2026-02-10T08:30:00Z')
  expect(iso(anchorFor({ day_of_month: 31 }, now))).toBe('2026-02-28T08:30:00.000Z')
  expect(iso(anchorFor({ day_of_month: 10, hour: 8, minute: 30, second: 0 }, now))).toBe(
    '2026-03-10T08:30:00.000Z',
  )
  expect(iso(anchorFor({ day_of_month: 1, month: 1 }, now))).toBe('2027-01-01T08:30:00.000Z')
})
