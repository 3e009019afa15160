import { describe, expect, it } from 'vitest'
import { DAY, FEBRUARY, HOUR, JANUARY, MARCH } from '../../../test/support/told.ts'
import { type GrantFields, pass, plan } from '../../../test/support/usage-grants.ts'
import type { Grant } from '../decision.ts'
import { allowancesAt } from './allowances.ts'
import { AHEAD_SECONDS } from './ledger.ts'

const now = JANUARY + DAY

const given = (grant: Grant, at = now) => allowancesAt({ type: 'credits' }, [grant], at)
const until = (fields: GrantFields) => given(pass(fields)).map((allowance) => allowance.until)

describe('credits that are given once', () => {
  it('are one allowance named by what gave them, for good', () => {
    expect(given(pass())).toEqual([
      {
        ...{ id: 'pi_1', kind: 'credits', source: 'pi_1', from: JANUARY, until: null },
        ...{ periodEnd: null, amount: 100, spent: 0, over: 0, overage: 'block' },
        ...{ isVoid: false, clawbacks: [] },
      },
    ])
  })

  it('end where what is allowed ends, or else by themselves', () => {
    expect(until({ until: MARCH, usage: { endsAt: FEBRUARY } })).toEqual([MARCH])
    expect(until({ usage: { endsAt: FEBRUARY } })).toEqual([FEBRUARY])
    expect(until({ state: 'ended', until: MARCH, usage: { endsAt: now - 1 } })).toEqual([now - 1])
    expect(until({ until: now, usage: { endsAt: now } })).toEqual([now])
  })

  it('expire so long after they are given, once they are', () => {
    const usage = { endsAt: MARCH, expiresAfter: 5 * DAY }
    expect(until({ until: MARCH, usage })).toEqual([JANUARY + 5 * DAY])
    expect(until({ state: 'pending', usage: { ...usage, givenAt: null } })).toEqual([MARCH])
  })

  it.each(['pending', 'suspended', 'none'] as const)('are void while %s', (state) => {
    expect(given(pass({ state }))).toMatchObject([{ isVoid: true }])
  })

  it('are not void because they have ended, but are where nothing was paid for them', () => {
    expect(given(pass({ state: 'ended' }))).toMatchObject([{ isVoid: false }])
    expect(given(pass({ usage: { givenAt: null } }))).toMatchObject([{ from: 0, isVoid: true }])
  })
})

describe('credits of a subscription', () => {
  it('are not given for good because its period is not known yet', () => {
    const unknown = { periodStart: null, periodEnd: null }
    expect(given(plan({ usage: unknown }))).toEqual([])
    expect(given(plan({ kind: 'manual', usage: unknown }))).toHaveLength(1)
  })

  it('hold as long as their period, or for as long as they expire after it begins', () => {
    expect(given(plan())).toMatchObject([
      { id: `sub_1@${JANUARY}`, kind: 'credits', until: FEBRUARY, periodEnd: FEBRUARY },
    ])
    expect(given(plan({ usage: { expiresAfter: 90 * DAY } }))).toMatchObject([
      { until: JANUARY + 90 * DAY, periodEnd: FEBRUARY },
    ])
    expect(given(plan({ usage: { expiresAfter: 2 * DAY } }))).toMatchObject([
      { until: JANUARY + 2 * DAY, periodEnd: FEBRUARY },
    ])
  })

  it('of a period that is not paid for are void, and still credits', () => {
    expect(given(plan({ state: 'suspended' }))).toMatchObject([
      { id: `sub_1@${JANUARY}`, kind: 'credits', amount: 100, isVoid: true },
    ])
  })

  it('are of each period what its money bought, also where nothing is allowed any more', () => {
    const DECEMBER = JANUARY - 31 * DAY
    const paid = [
      { from: DECEMBER - 31 * DAY, to: DECEMBER, amount: 7, isTaken: true },
      { from: DECEMBER, to: JANUARY, amount: 5, isTaken: false },
    ]
    for (const state of ['active', 'ended'] as const) {
      const grant = plan({ state, usage: { paid, expiresAfter: 90 * DAY } })
      expect(given(grant).map(({ from, amount, isVoid }) => [from, amount, isVoid])).toEqual([
        [DECEMBER - 31 * DAY, 7, true],
        [DECEMBER, 5, false],
        [JANUARY, 100, state === 'ended'],
      ])
      expect(given(grant)[1]).toMatchObject({
        ...{ kind: 'credits', until: DECEMBER + 90 * DAY, periodEnd: JANUARY },
      })
    }
  })

  it.each([
    ['an hour sooner', -HOUR, 1],
    ['an hour later', HOUR, 1],
    ['more than an hour sooner', -HOUR - 1, 2],
    ['more than an hour later', HOUR + 1, 2],
  ])('are given once for a period whose bill says that it began %s, or not', (_, by, count) => {
    const paid = [{ from: JANUARY + by, to: FEBRUARY + by, amount: 5, isTaken: false }]
    expect(given(plan({ usage: { paid } }))).toHaveLength(count)
  })

  it('are given once for a period that is billed, also while the next one is given ahead', () => {
    const paid = [{ from: JANUARY, to: FEBRUARY, amount: 5, isTaken: false }]
    expect(given(plan({ usage: { paid } }), FEBRUARY - 60)).toMatchObject([
      { from: JANUARY, amount: 100 },
      { from: FEBRUARY, amount: 100 },
    ])
  })

  it('of a period that is paid for ahead are given five minutes before it begins', () => {
    const paid = [{ from: FEBRUARY + DAY, to: MARCH, amount: 5, isTaken: false }]
    const counts = (at: number) => given(plan({ until: FEBRUARY, usage: { paid } }), at).length
    expect(counts(FEBRUARY + DAY - AHEAD_SECONDS - 1)).toBe(1)
    expect(counts(FEBRUARY + DAY - AHEAD_SECONDS)).toBe(2)
  })
})
