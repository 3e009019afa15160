import { describe, expect, it } from 'vitest'
import { EMPTY_LEDGER, type Allowance, type Ledger } from './ledger.ts'
import { absorbOver, giveBack, lastBurned, take, type TakeOptions } from './take.ts'
import { strayId } from './stray.ts'

const NOW = 1_770_000_000
const DAY = 86_400
const MOST = Number.MAX_SAFE_INTEGER

const limit = (id: string, fields: Partial<Allowance> = {}): Allowance => ({
  ...{ id, kind: 'limit', source: id, from: NOW - DAY, until: NOW + DAY, periodEnd: NOW + DAY },
  ...{ amount: 100, spent: 0, over: 0, overage: 'block', isVoid: false, clawbacks: [] },
  ...fields,
})
const credits = (id: string, fields: Partial<Allowance> = {}) =>
  limit(id, { kind: 'credits', until: null, periodEnd: null, ...fields })

const ledgerOf = (...allowances: Allowance[]): Ledger => ({ ...EMPTY_LEDGER, allowances })

const asked = (quantity: number, fields: Partial<TakeOptions> = {}): TakeOptions => ({
  ...{ quantity, at: NOW, mode: 'consume', isAllowed: true },
  ...fields,
})

const standing = ({ allowances }: Ledger) =>
  allowances.map(({ id, spent, over }) => [id, spent, over])

describe('a consume', () => {
  it.each([
    ['not_enough', 'less is left than it asks for', [limit('a')], asked(101)],
    ['not_enough', 'nothing is given of what is allowed', [], asked(1)],
    [
      'not_enough',
      'credits are left, but too few, of what is not',
      [credits('a')],
      asked(101, { isAllowed: false }),
    ],
    ['not_allowed', 'only a limit is left', [limit('a')], asked(1, { isAllowed: false })],
    [
      'not_allowed',
      'what is beyond the limit is billed, but nothing is allowed',
      [limit('a', { overage: 'bill' })],
      asked(1, { isAllowed: false }),
    ],
    ['uncountable', 'the sum would not be exact', [limit('a', { over: 1 })], asked(MOST)],
  ] as const)('is refused as %s where %s, and takes nothing', (reason, _, given, options) => {
    const ledger = ledgerOf(...given)
    const taken = take(ledger, options)
    expect(taken).toEqual({ ok: false, reason, ledger, burned: [], over: 0 })
    expect(taken.ledger).toBe(ledger)
  })

  it('takes what ends first, as far as it goes, and names nothing that gave nothing', () => {
    const ledger = ledgerOf(
      limit('a', { until: NOW + 3 }),
      limit('b', { until: NOW + 2, amount: 10 }),
      limit('c', { until: NOW + 1, amount: 5, spent: 5 }),
    )
    const taken = take(ledger, asked(25))
    expect(taken.burned).toEqual([
      { allowance: 'b', quantity: 10 },
      { allowance: 'a', quantity: 15 },
    ])
    expect(standing(taken.ledger)).toEqual([
      ['a', 15, 0],
      ['b', 10, 0],
      ['c', 5, 0],
    ])
  })

  it('goes on beyond what is included where that is billed, and counts it there', () => {
    const ledger = ledgerOf(
      limit('a', { until: NOW + 1 }),
      limit('b', { overage: 'bill' }),
      limit('c', { overage: 'bill', until: NOW + 2 * DAY }),
    )
    const taken = take(ledger, asked(330))
    expect(taken).toMatchObject({ ok: true, over: 30 })
    expect(taken.burned.at(-1)).toEqual({ allowance: 'b', quantity: 30, isOver: true })
    expect(standing(taken.ledger)).toEqual([
      ['a', 100, 0],
      ['b', 100, 30],
      ['c', 100, 0],
    ])
  })
})

describe('usage that is tracked', () => {
  it('is noted beyond the limit, not beyond credits that end sooner', () => {
    const ledger = ledgerOf(credits('a', { until: NOW + 1 }), limit('b'))
    const taken = take(ledger, asked(230, { mode: 'track' }))
    expect(taken.burned).toEqual([
      { allowance: 'a', quantity: 100 },
      { allowance: 'b', quantity: 100 },
      { allowance: 'b', quantity: 30, isOver: true },
    ])
  })

  it('is noted for the month where only credits were given', () => {
    const taken = take(ledgerOf(credits('a')), asked(130, { mode: 'track' }))
    expect(taken.burned).toEqual([
      { allowance: 'a', quantity: 100 },
      { allowance: strayId(NOW), quantity: 30, isOver: true },
    ])
    expect(standing(taken.ledger)).toEqual([
      [strayId(NOW), 0, 30],
      ['a', 100, 0],
    ])
  })

  it('burns the limit though nothing allows the feature any more: it has happened', () => {
    const taken = take(ledgerOf(limit('a')), asked(40, { mode: 'track', isAllowed: false }))
    expect(taken).toMatchObject({ ok: true, burned: [{ allowance: 'a', quantity: 40 }], over: 0 })
  })

  it('is counted up to what a number holds exactly, and no further', () => {
    const endless = ledgerOf(limit('a', { amount: null, spent: 5 }), credits('b', { spent: 2 }))
    expect(take(endless, asked(MOST - 7, { mode: 'track' }))).toMatchObject({ ok: true })
    expect(take(endless, asked(MOST - 6, { mode: 'track' }))).toMatchObject({
      ok: false,
      reason: 'uncountable',
    })
  })
})

describe('units given back', () => {
  it('come back from beyond the limit only as far as that was not taken in since', () => {
    const burned = [{ allowance: 'a', quantity: 20, isOver: true }] as const
    const back = (over: number) =>
      standing(giveBack(ledgerOf(limit('a', { spent: 100, over })), burned))
    expect(back(50)).toEqual([['a', 100, 30]])
    expect(back(5)).toEqual([['a', 85, 0]])
    expect(back(0)).toEqual([['a', 80, 0]])
  })

  it('come back to what was within a limit that was lowered since, not from beyond it', () => {
    const ledger = ledgerOf(limit('a', { spent: 130, over: 30 }))
    expect(standing(giveBack(ledger, [{ allowance: 'a', quantity: 10 }]))).toEqual([['a', 120, 30]])
  })

  it('come back only to what they were taken from, and never below nothing', () => {
    const ledger = ledgerOf(limit('a', { spent: 10 }), limit('b', { spent: 10 }))
    const back = (allowance: string, quantity: number) =>
      standing(giveBack(ledger, [{ allowance, quantity }]))
    expect(back('a', 4)).toEqual([
      ['a', 6, 0],
      ['b', 10, 0],
    ])
    expect(back('b', 40)).toEqual([
      ['a', 10, 0],
      ['b', 0, 0],
    ])
    expect(back('dropped', 4)).toEqual(standing(ledger))
  })
})

describe('units taken back of which nobody noted what they burned', () => {
  const ledger = ledgerOf(
    limit('a', { until: NOW + 1, spent: 100, over: 3 }),
    limit('b', { until: NOW + 2, spent: 0, over: 0 }),
    limit('c', { until: NOW + 3, spent: 40, over: 0 }),
    limit('@later', { kind: 'stray', over: 9 }),
    limit(strayId(NOW), { kind: 'stray', over: 2 }),
  )

  it('are first those beyond what is included, then those of what ends last', () => {
    expect(lastBurned(ledger, 60, NOW)).toEqual([
      { allowance: 'a', quantity: 3, isOver: true },
      { allowance: strayId(NOW), quantity: 2, isOver: true },
      { allowance: 'c', quantity: 40 },
      { allowance: 'a', quantity: 15 },
    ])
  })

  it('are no more than there are, and no more than asked for', () => {
    const sum = (quantity: number) =>
      lastBurned(ledger, quantity, NOW).reduce((total, part) => total + part.quantity, 0)
    expect(sum(1000)).toBe(145)
    expect(lastBurned(ledger, 2, NOW)).toEqual([{ allowance: 'a', quantity: 2, isOver: true }])
  })
})

describe('what was beyond a limit', () => {
  it('is taken in as far as the limit has room, and only by a limit', () => {
    const taken = absorbOver([
      limit('a', { spent: 90, over: 30 }),
      limit('b', { amount: null, over: 30 }),
      limit('c', { spent: 120, over: 30 }),
      credits('d', { over: 30 }),
      limit('@1', { kind: 'stray', amount: null, over: 30 }),
    ])
    expect(standing(ledgerOf(...taken))).toEqual([
      ['a', 100, 20],
      ['b', 30, 0],
      ['c', 120, 30],
      ['d', 0, 30],
      ['@1', 0, 30],
    ])
  })
})
