import { describe, expect, it } from 'vitest'
import { EMPTY_LEDGER, type Allowance } from './ledger.ts'
import { strayId } from './stray.ts'
import { balanceAt, usageAt } from './usage-at.ts'

const NOW = Date.UTC(2026, 1, 10) / 1000
const DAY = 86_400

const limit = (fields: Partial<Allowance> = {}): Allowance => ({
  ...{ id: 'sub_1@1', kind: 'limit', source: 'sub_1', from: NOW, until: NOW + DAY },
  ...{ periodEnd: NOW + DAY, amount: 100, spent: 0, over: 0, overage: 'block' },
  ...{ isVoid: false, clawbacks: [] },
  ...fields,
})
const stray = (at: number, over: number) =>
  limit({ id: strayId(at), kind: 'stray', amount: 0, over })

const usage = (at: number, ...allowances: Allowance[]) =>
  usageAt({ ...EMPTY_LEDGER, allowances }, at)
const balance = (at: number, ...allowances: Allowance[]) =>
  balanceAt({ ...EMPTY_LEDGER, allowances }, at)

const none = {
  ...{ used: 0, limit: 0, remaining: 0, over: 0, isBilledBeyond: false, resetsAt: null },
}

describe('what is used of a limit', () => {
  it('is the sum of what is given at that second, and ends with the first of it', () => {
    const given = [
      limit({ spent: 30 }),
      limit({ id: 'sub_2@1', amount: 50, spent: 50, over: 4, until: NOW + 2 * DAY }),
    ]
    expect(usage(NOW, ...given)).toEqual({
      ...{ used: 84, limit: 150, remaining: 70, over: 4, isBilledBeyond: false },
      resetsAt: NOW + DAY,
    })
    expect(usage(NOW + DAY, ...given)).toMatchObject({ used: 54, limit: 50, remaining: 0 })
    expect(usage(NOW, ...given, limit({ overage: 'bill' })).isBilledBeyond).toBe(true)
  })

  it('is still told while the limit is taken back, of the span it was given for', () => {
    const taken = (fields: Partial<Allowance> = {}) =>
      limit({
        ...{ spent: 60, over: 5, isVoid: true },
        clawbacks: [{ at: NOW, restoredAt: null, quantity: 40 }],
        ...fields,
      })
    const told = { ...none, used: 65, over: 5 }
    expect(usage(NOW, taken())).toEqual(told)
    expect(usage(NOW + DAY - 1, taken())).toEqual(told)
    expect(usage(NOW + DAY, taken())).toEqual(none)
    expect(usage(NOW - 1000, taken())).toEqual(none)
    expect(usage(NOW + 900 * DAY, taken({ until: null }))).toEqual(told)
  })

  it('is nothing of periods that are over or yet to come, and of credits', () => {
    const credits = limit({ kind: 'credits', spent: 8, over: 1 })
    const over = limit({ from: NOW - DAY, until: NOW, spent: 7, over: 1 })
    const ahead = limit({ from: NOW + 1000, spent: 5, over: 1 })
    expect(usage(NOW, credits, over, ahead)).toEqual(none)
  })

  it('is what was noted for the month where nothing is given, and not where something is', () => {
    const strays = [stray(NOW, 12), stray(NOW - 30 * DAY, 3)]
    expect(usage(NOW, ...strays)).toEqual({ ...none, used: 12, over: 12 })
    expect(usage(NOW - 30 * DAY, ...strays)).toEqual({ ...none, used: 3, over: 3 })
    expect(usage(NOW, ...strays, limit({ spent: 1 }))).toMatchObject({ used: 1, over: 0 })
  })

  it('is without limit beside one that has none, and is never more than a number holds', () => {
    const most = Number.MAX_SAFE_INTEGER
    expect(usage(NOW, limit(), limit({ id: 'b', amount: null }))).toMatchObject({
      limit: null,
      remaining: null,
    })
    expect(usage(NOW, limit({ amount: most }), limit({ id: 'b', amount: most }))).toMatchObject({
      limit: most,
      remaining: most,
    })
  })
})

describe('a balance', () => {
  const credits = (fields: Partial<Allowance> = {}) =>
    limit({ id: 'cs_1', kind: 'credits', periodEnd: null, ...fields })

  it('ends next where something is left, not where all is spent', () => {
    const spent = credits({ spent: 100 })
    const left = credits({ id: 'cs_2', until: NOW + 2 * DAY, spent: 10 })
    const open = credits({ id: 'cs_3', until: null })
    expect(balance(NOW, spent, left, open)).toEqual({
      ...{ used: 110, limit: 300, remaining: 190, over: 0, isBilledBeyond: false },
      resetsAt: NOW + 2 * DAY,
    })
    expect(balance(NOW, spent, open).resetsAt).toBeNull()
    expect(balance(NOW, spent).resetsAt).toBeNull()
  })

  it('counts what was used beyond it in its own month, and no limit', () => {
    const all = [
      credits({ spent: 10 }),
      stray(NOW, 4),
      stray(NOW - 30 * DAY, 3),
      limit({ spent: 1 }),
    ]
    expect(balance(NOW, ...all)).toMatchObject({ used: 14, over: 4, limit: 100, remaining: 90 })
  })
})
