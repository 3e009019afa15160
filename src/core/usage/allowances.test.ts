import { describe, expect, it } from 'vitest'
import { DAY, FEBRUARY, HOUR, JANUARY, MARCH } from '../../../test/support/told.ts'
import { type GrantFields, pass, plan } from '../../../test/support/usage-grants.ts'
import type { FeatureDefinition } from '../catalog.ts'
import type { Grant, GrantUsage } from '../decision.ts'
import { allowancesAt, secondOf } from './allowances.ts'

const CALLS: FeatureDefinition = { type: 'metered', meter: 'calls' }
const CREDITS: FeatureDefinition = { type: 'credits' }
const now = JANUARY + DAY

const month = (index: number) => Date.UTC(2026, index, 1) / 1000

const calls = (grants: Grant[], at = now) => allowancesAt(CALLS, grants, at)
const credits = (grants: Grant[], at = now) => allowancesAt(CREDITS, grants, at)
const spans = (grants: Grant[], at = now) =>
  calls(grants, at).map(({ from, until, isVoid }) => [from, until, isVoid])

describe('what is given of a feature', () => {
  it('is nothing by a grant that nothing is used up of, or of a flag', () => {
    expect(calls([{ ...plan(), usage: null }])).toEqual([])
    expect(allowancesAt({ type: 'flag' }, [plan(), pass()], now)).toEqual([])
    expect(allowancesAt({ type: 'quantity' }, [plan(), pass()], now)).toEqual([])
  })

  it('is listed by id, in whatever order the grants come', () => {
    const other = plan({ usage: { group: 'sub_0' } })
    expect(calls([plan(), other, pass()]).map(({ source }) => source)).toEqual([
      'pi_1',
      'sub_0',
      'sub_1',
    ])
  })

  it('is counted exactly, or has no limit', () => {
    const amounts = (value: Grant['value']) => [
      calls([plan({ value })])[0]?.amount,
      credits([plan({ value })])[0]?.amount,
      credits([pass({ value })])[0]?.amount,
    ]
    expect(amounts(1e300)).toEqual(Array(3).fill(Number.MAX_SAFE_INTEGER))
    expect(amounts(null)).toEqual([null, 0, 0])
  })

  it('is of the second its own test clock stands at', () => {
    const frozen = plan({ usage: { frozenAt: FEBRUARY - DAY } })
    expect(spans([frozen], MARCH + 900 * DAY)).toEqual([[JANUARY, FEBRUARY, false]])
  })
})

describe('the second it is for a feature', () => {
  it('is ours, or the latest that a test clock of its sources stands at', () => {
    const at = (frozenAt: number | null) => plan({ usage: { frozenAt } })
    expect(secondOf([], now)).toBe(now)
    expect(secondOf([at(null), { ...plan(), usage: null }], now)).toBe(now)
    expect(secondOf([at(5), at(null), at(9), at(7)], now)).toBe(9)
  })
})

describe('the limit of a subscription', () => {
  it.each(['active', 'trial', 'grace', 'ending'] as const)('is given while it is %s', (state) => {
    expect(spans([plan({ state })])).toEqual([[JANUARY, FEBRUARY, false]])
  })

  it.each(['pending', 'suspended', 'ended', 'none'] as const)('is void while it is %s', (state) => {
    expect(spans([plan({ state })])).toEqual([[JANUARY, FEBRUARY, true]])
  })

  it('is void from the second on until which it was allowed', () => {
    expect(spans([plan({ until: now + 1 })])).toEqual([[JANUARY, FEBRUARY, false]])
    expect(spans([plan({ until: now })])).toEqual([[JANUARY, FEBRUARY, true]])
  })

  it('of the next period is given only if it is allowed beyond this one', () => {
    const at = FEBRUARY - 60
    expect(spans([plan({ until: FEBRUARY })], at)).toHaveLength(1)
    expect(spans([plan({ until: FEBRUARY + HOUR })], at)).toHaveLength(2)
    expect(spans([plan()], at)).toHaveLength(2)
  })

  it('was given in earlier periods too', () => {
    const older = plan({ usage: { periodStart: FEBRUARY, periodEnd: MARCH } })
    expect(spans([older], FEBRUARY + DAY)).toEqual([
      [JANUARY, FEBRUARY, false],
      [FEBRUARY, MARCH, false],
    ])
  })

  it('is named by its interval unless that is one month, or no period is known', () => {
    const id = (usage: Partial<GrantUsage>) => calls([plan({ usage })]).map((one) => one.id)
    const from = `@${JANUARY}`
    expect(id({})).toEqual([`sub_1${from}`])
    expect(id({ interval: null })).toEqual([`sub_1${from}`])
    expect(id({ interval: 'year' })).toEqual([`sub_1/1year${from}`])
    expect(id({ intervalCount: 3 })).toEqual([`sub_1/3month${from}`])
    expect(id({ interval: null, intervalCount: 2 })).toEqual([`sub_1/2${from}`])
    const unknown = { periodStart: null, periodEnd: null, interval: 'year' }
    expect(id(unknown)).toContain(`sub_1@${month(0)}`)
  })
})

describe('items of one subscription', () => {
  const both = (first: GrantFields, second: GrantFields) => [
    calls([plan(first), plan(second)]),
    calls([plan(second), plan(first)]),
  ]

  it('give one limit together, with no limit where one has none', () => {
    for (const given of both({}, { value: 50 })) expect(given).toMatchObject([{ amount: 150 }])
    for (const given of both({}, { value: null })) expect(given).toMatchObject([{ amount: null }])
    const most = { value: Number.MAX_SAFE_INTEGER }
    for (const given of both(most, most))
      expect(given).toMatchObject([most].map(({ value }) => ({ amount: value })))
  })

  it('are billed beyond it where one of them is', () => {
    for (const given of both({}, { usage: { overage: 'bill' } })) {
      expect(given).toMatchObject([{ overage: 'bill' }])
    }
    for (const given of both({}, {})) expect(given).toMatchObject([{ overage: 'block' }])
  })

  it('add nothing that is not allowed, and are void only where all of them are', () => {
    for (const given of both({}, { state: 'suspended', value: 50 })) {
      expect(given).toMatchObject([{ amount: 100, isVoid: false }])
    }
    for (const given of both({ state: 'none' }, { state: 'suspended' })) {
      expect(given).toMatchObject([{ amount: 200, isVoid: true }])
    }
  })

  it('end with the one that ends last', () => {
    const shorter = { usage: { periodEnd: FEBRUARY - HOUR } }
    for (const given of both({}, shorter)) {
      expect(given).toMatchObject([{ until: FEBRUARY, periodEnd: FEBRUARY }])
    }
    const once = (endsAt: number | null) => pass({ usage: { endsAt } })
    const ends = (a: number | null, b: number | null) =>
      credits([once(a), once(b)]).map(({ until }) => until)
    expect([ends(FEBRUARY, MARCH), ends(MARCH, FEBRUARY)]).toEqual([[MARCH], [MARCH]])
    expect([ends(FEBRUARY, null), ends(null, FEBRUARY)]).toEqual([[null], [null]])
  })
})
