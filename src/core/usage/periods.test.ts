import { describe, expect, it } from 'vitest'
import { DAY, FEBRUARY, JANUARY, MARCH } from '../../../test/support/told.ts'
import { monthly } from '../../../test/support/usage-grants.ts'
import type { GrantUsage } from '../decision.ts'
import { AHEAD_SECONDS, LATE_SECONDS } from './ledger.ts'
import { addPeriods, earlierPeriods } from './periods.ts'

const APRIL = Date.UTC(2026, 3, 15, 10) / 1000
const DECEMBER = Date.UTC(2025, 11, 15, 10) / 1000
const NOVEMBER = Date.UTC(2025, 10, 15, 10) / 1000

const periods = (
  now: number,
  {
    until = Infinity,
    isAllowed = true,
    ...fields
  }: Partial<GrantUsage> & {
    until?: number
    isAllowed?: boolean
  } = {},
) => addPeriods(monthly(fields), { isAllowed, now, until }).map(({ from, to }) => [from, to])

const january = [JANUARY, FEBRUARY]
const february = [FEBRUARY, MARCH]

describe('the periods of what is allowed', () => {
  it('are the known one, and the next from five minutes before it begins', () => {
    expect(periods(JANUARY + DAY)).toEqual([january])
    expect(periods(FEBRUARY - AHEAD_SECONDS - 1)).toEqual([january])
    expect(periods(FEBRUARY - AHEAD_SECONDS)).toEqual([january, february])
    expect(periods(MARCH + DAY)).toEqual([january, february, [MARCH, APRIL]])
  })

  it('begin only while it is still allowed', () => {
    expect(periods(MARCH, { until: FEBRUARY })).toEqual([january])
    expect(periods(MARCH, { until: FEBRUARY + 1 })).toEqual([january, february])
  })

  it('are the known one alone where nothing tells what follows', () => {
    const unknown = [
      ...[{ interval: null }, { anchor: null }, { interval: 'fortnight' }],
      { interval: 'year', intervalCount: 1e9 },
    ]
    for (const fields of unknown) {
      expect(periods(FEBRUARY + DAY, fields)).toEqual([january])
      expect(periods(FEBRUARY + 400 * DAY, fields)).toEqual([january])
    }
  })

  it('follow each other without a gap where Stripe’s seconds differ by a few', () => {
    expect(periods(FEBRUARY, { periodEnd: FEBRUARY - 5 })).toEqual([
      [JANUARY, FEBRUARY - 5],
      [FEBRUARY - 5, MARCH],
    ])
  })

  it('of what was told of long ago are those only that usage may still come for', () => {
    expect(periods(FEBRUARY + LATE_SECONDS)).toEqual([january, february, [MARCH, APRIL]])
    const late = periods(APRIL + LATE_SECONDS + DAY)
    expect(late[0]).toEqual(january)
    expect(late[1]?.[0]).toBe(APRIL)
    expect(late).toHaveLength(3)
  })
})

describe('the period of what is not allowed', () => {
  it('is the one under way, known or counted', () => {
    expect(periods(FEBRUARY - 1, { isAllowed: false })).toEqual([january])
    expect(periods(FEBRUARY, { isAllowed: false })).toEqual([february])
    expect(periods(FEBRUARY - 1, { isAllowed: false, interval: null })).toEqual([january])
    expect(periods(FEBRUARY, { isAllowed: false, interval: null })).toEqual([])
  })
})

describe('a known period', () => {
  it('counts from five minutes before it begins', () => {
    expect(periods(JANUARY - AHEAD_SECONDS)).toEqual([january])
    expect(periods(JANUARY - AHEAD_SECONDS - 1)).toEqual([])
  })

  it('has a beginning and a later end, or is none', () => {
    expect(periods(JANUARY, { periodStart: null })).toEqual([])
    expect(periods(JANUARY, { periodEnd: null })).toEqual([])
    expect(periods(JANUARY, { periodEnd: JANUARY })).toEqual([])
    expect(periods(JANUARY, { periodEnd: JANUARY - 1 })).toEqual([])
    expect(periods(JANUARY, { interval: null, periodEnd: JANUARY + 1 })).toHaveLength(1)
  })
})

describe('the periods before the known one', () => {
  const earlier = (now: number, fields: Partial<GrantUsage> = {}) =>
    earlierPeriods(monthly({ periodStart: FEBRUARY, periodEnd: MARCH, ...fields }), now).map(
      ({ from, to }) => [from, to],
    )

  it('are those since it was first given, oldest first, that usage may still come for', () => {
    const givenAt = NOVEMBER
    expect(earlier(JANUARY + LATE_SECONDS - 1, { givenAt })).toEqual([[DECEMBER, JANUARY], january])
    expect(earlier(JANUARY + LATE_SECONDS, { givenAt })).toEqual([january])
    expect(earlier(FEBRUARY + LATE_SECONDS, { givenAt })).toEqual([])
  })

  it('begin no sooner than it was given, also within a period', () => {
    expect(earlier(FEBRUARY, { givenAt: JANUARY + DAY })).toEqual([[JANUARY + DAY, FEBRUARY]])
    expect(earlier(FEBRUARY, { givenAt: JANUARY })).toEqual([january])
    expect(earlier(FEBRUARY, { givenAt: FEBRUARY })).toEqual([])
  })

  it('end where it begins, though Stripe’s seconds differ by a few', () => {
    for (const by of [-60, -5, 5, 60]) {
      expect(earlier(FEBRUARY, { periodStart: FEBRUARY + by })).toEqual([[JANUARY, FEBRUARY + by]])
    }
  })

  it('are none where nothing tells of them', () => {
    expect(earlier(FEBRUARY, { periodEnd: null })).toEqual([])
    expect(earlier(FEBRUARY, { interval: null })).toEqual([])
    expect(earlier(FEBRUARY, { givenAt: null })).toEqual([])
    expect(earlier(FEBRUARY, { interval: 'year', intervalCount: 1e9 })).toEqual([])
  })
})
