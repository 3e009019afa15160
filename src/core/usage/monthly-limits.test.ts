import { describe, expect, it } from 'vitest'
import { DAY, HOUR, JANUARY, MARCH } from '../../../test/support/told.ts'
import { type GrantFields, pass } from '../../../test/support/usage-grants.ts'
import type { Grant } from '../decision.ts'
import { allowancesAt } from './allowances.ts'
import { AHEAD_SECONDS } from './ledger.ts'

const now = JANUARY + DAY

const month = (index: number) => Date.UTC(2026, index, 1) / 1000

const calls = (grants: Grant[], at = now) =>
  allowancesAt({ type: 'metered', meter: 'calls' }, grants, at)
const spans = (grants: Grant[], at = now) =>
  calls(grants, at).map(({ from, until, isVoid }) => [from, until, isVoid])

describe('the limit of a purchase', () => {
  it('is one for each calendar month, from the second it is given', () => {
    const bought = pass({ usage: { givenAt: JANUARY } })
    expect(spans([bought])).toEqual([[JANUARY, month(1), false]])
    expect(spans([bought], MARCH)).toEqual([
      [month(1), month(2), false],
      [month(2), month(3), false],
    ])
    expect(calls([bought])).toMatchObject([{ id: `pi_1@${month(0)}`, periodEnd: month(1) }])
  })

  it('is of every month that usage may still come for, where nothing tells since when', () => {
    expect(spans([pass({ usage: { givenAt: null } })])).toEqual([
      [month(-1), month(0), false],
      [month(0), month(1), false],
    ])
  })

  it('is given five minutes ahead of the next month', () => {
    const bought = pass()
    expect(spans([bought], month(1) - AHEAD_SECONDS - 1)).toHaveLength(1)
    expect(spans([bought], month(1) - AHEAD_SECONDS)).toHaveLength(2)
  })

  it('has nothing to do with a month that it only touches', () => {
    expect(spans([pass({ usage: { givenAt: month(1) } })], month(1) + DAY)).toHaveLength(1)
    const touching = pass({ until: month(1) })
    expect(spans([touching], month(1) - 60)).toEqual([[JANUARY, month(1), false]])
  })

  it('ends with it', () => {
    const ending = pass({ until: now + HOUR })
    expect(spans([ending])).toEqual([[JANUARY, now + HOUR, false]])
  })

  it('that has ended by itself was given until then', () => {
    const ended = (endsAt: number | null, state: Grant['state'] = 'ended') =>
      spans([pass({ state, usage: { endsAt } })], now)
    expect(ended(now)).toEqual([[JANUARY, now, false]])
    expect(ended(now - HOUR)).toEqual([[JANUARY, now - HOUR, false]])
  })

  it('that ended otherwise, or was refused, is void for the month', () => {
    const taken = (fields: GrantFields) => spans([pass(fields)], now)
    const whole = [[month(0), month(1), true]]
    expect(taken({ state: 'ended' })).toEqual(whole)
    expect(taken({ state: 'ended', usage: { endsAt: now + 1 } })).toEqual(whole)
    expect(taken({ state: 'suspended', usage: { endsAt: now - 1 } })).toEqual(whole)
    expect(taken({ state: 'ended', usage: { endsAt: now - 1, givenAt: null } })).toEqual(whole)
  })
})
