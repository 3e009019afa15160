import { describe, expect, it } from 'vitest'
import {
  calendarOf,
  periodAfter,
  periodAt,
  periodBefore,
  type Calendar,
} from './billing-periods.ts'

const second = (text: string) => Date.parse(`${text}Z`) / 1000

const calendar = (anchor: string, interval: string, count = 1): Calendar => {
  const found = calendarOf(second(anchor), interval, count)
  if (found === null) throw new Error(`${interval} is no interval`)
  return found
}

describe('billing periods', () => {
  it.each([
    ['2026-01-31T09:00', 'month', 1, '2026-03-01T00:00', '2026-02-28T09:00', '2026-03-31T09:00'],
    ['2026-01-31T09:00', 'month', 1, '2026-02-28T09:00', '2026-02-28T09:00', '2026-03-31T09:00'],
    ['2026-01-31T09:00', 'month', 1, '2026-02-28T08:59', '2026-01-31T09:00', '2026-02-28T09:00'],
    ['2024-02-29T00:00', 'year', 1, '2026-06-01T00:00', '2026-02-28T00:00', '2027-02-28T00:00'],
    ['2026-01-15T10:00', 'month', 3, '2026-08-01T00:00', '2026-07-15T10:00', '2026-10-15T10:00'],
    ['2026-01-15T10:00', 'week', 2, '2026-02-20T00:00', '2026-02-12T10:00', '2026-02-26T10:00'],
    ['2026-01-15T10:00', 'day', 1, '2030-01-01T10:00', '2030-01-01T10:00', '2030-01-02T10:00'],
    ['2026-01-15T10:00', 'month', 1, '2025-12-20T00:00', '2025-12-15T10:00', '2026-01-15T10:00'],
    ['2016-01-31T09:00', 'month', 1, '2026-04-30T09:00', '2026-04-30T09:00', '2026-05-31T09:00'],
  ])('from %s each %s × %i hold %s', (anchor, interval, count, at, from, to) => {
    expect(periodAt(calendar(anchor, interval, count), second(at))).toEqual({
      from: second(from),
      to: second(to),
    })
  })

  it('are known by their end, to a minute', () => {
    const monthly = calendar('2026-01-31T09:00', 'month')
    expect(periodBefore(monthly, second('2026-02-28T09:00') + 40)).toEqual({
      from: second('2026-01-31T09:00'),
      to: second('2026-02-28T09:00'),
    })
    expect(periodBefore(monthly, second('2026-02-28T09:00') - 40)?.to).toBe(
      second('2026-02-28T09:00'),
    )
    expect(periodBefore(monthly, second('2026-03-02T09:00'))).toBeNull()
  })

  it('are none that a calendar does not reach', () => {
    const odd = { anchor: 1e15, interval: 'month', intervalCount: 1 }
    expect(periodAt(odd, second('2026-01-01T00:00'))).toBeNull()
    expect(periodAt({ ...odd, anchor: 0, intervalCount: 1e15 }, 2e9)).toBeNull()
    expect(periodBefore(odd, 1e15 + 100)).toBeNull()
  })

  it('are none without an interval Stripe bills by', () => {
    expect(calendarOf(0, null, 1)).toBeNull()
    expect(calendarOf(0, 'decade', 1)).toBeNull()
    expect(calendarOf(0, 'month', 0)).toBeNull()
    expect(calendarOf(null, 'month', 1)).toBeNull()
  })

  it('follow one another, give or take a minute, and the first follows none', () => {
    const monthly = calendar('2026-01-31T09:00', 'month')
    const march = { from: second('2026-02-28T09:00'), to: second('2026-03-31T09:00') }
    for (const off of [-60, 0, 60]) expect(periodAfter(monthly, march.from + off)).toEqual(march)
    for (const off of [-61, 61]) expect(periodAfter(monthly, march.from + off)).toBeNull()
    expect(periodAfter(monthly, second('2026-01-31T09:00'))).toBeNull()
  })
})
