import { describe, expect, test } from 'vitest'
import { fold } from './fold.ts'
import { EMPTY_LEDGER, type Allowance, type Ledger } from './ledger.ts'
import { giveBack, lastBurned } from './take.ts'
import { usageAt } from './usage-at.ts'

const NOW = 1_760_000_000

function limit(id: string, amount: number, until: number): Allowance {
  return {
    ...{ id, kind: 'limit', source: id, from: NOW - 1000, until, periodEnd: until, amount },
    ...{ spent: 0, over: 0, overage: 'block', isVoid: false, clawbacks: [] },
  }
}

const ledger: Ledger = {
  ...EMPTY_LEDGER,
  allowances: [limit('a@1', 10, NOW + 10), limit('b@1', 5, NOW + 20)],
}

describe('tracked usage that is folded', () => {
  test('counts in its order, as if each were tracked by itself, and says what each burned', () => {
    const { burned, ledger: folded } = fold(ledger, [
      { at: NOW, quantity: 8 },
      { at: NOW, quantity: 4 },
      { at: NOW + 15, quantity: 4 },
    ])
    expect(burned).toEqual([
      [{ allowance: 'a@1', quantity: 8 }],
      [
        { allowance: 'a@1', quantity: 2 },
        { allowance: 'b@1', quantity: 2 },
      ],
      [
        { allowance: 'b@1', quantity: 3 },
        { allowance: 'b@1', quantity: 1, isOver: true },
      ],
    ])
    expect(usageAt(folded, NOW)).toMatchObject({ used: 16, limit: 15, over: 1 })
  })

  test('of one second is the same as one sum', () => {
    const parts = [3, 9, 1, 7].map((quantity) => ({ at: NOW, quantity }))
    expect(fold(ledger, parts).ledger).toEqual(fold(ledger, [{ at: NOW, quantity: 20 }]).ledger)
  })

  test('is never refused: a sum that cannot be counted exactly stops', () => {
    const most = { at: NOW, quantity: Number.MAX_SAFE_INTEGER }
    const { burned, ledger: folded } = fold(ledger, [most, { at: NOW, quantity: 1 }])
    expect(burned[1]).toEqual([])
    expect(usageAt(folded, NOW).used).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('is taken back last first, which leaves what was there before', () => {
    const before = fold(ledger, [{ at: NOW, quantity: 7 }]).ledger
    const after = fold(before, [{ at: NOW, quantity: 11 }]).ledger
    expect(giveBack(after, lastBurned(after, 11, NOW))).toEqual(before)
  })

  test('that nothing covered is taken back from the month it was noted in', () => {
    const after = fold(EMPTY_LEDGER, [{ at: NOW, quantity: 4 }]).ledger
    expect(lastBurned(after, 3, NOW)).toMatchObject([{ quantity: 3, isOver: true }])
    expect(usageAt(giveBack(after, lastBurned(after, 4, NOW)), NOW).used).toBe(0)
  })
})
