import { describe, expect, it } from 'vitest'
import { historyOf, type Spend } from './history.ts'
import { EMPTY_LEDGER, type Allowance, type Burn, type Hold } from './ledger.ts'

const T = 1_770_000_000

const credits = (fields: Partial<Allowance> = {}): Allowance => ({
  id: 'cs_1',
  kind: 'credits',
  source: 'cs_1',
  from: T,
  until: null,
  periodEnd: null,
  amount: 100,
  spent: 0,
  over: 0,
  overage: 'block',
  isVoid: false,
  clawbacks: [],
  ...fields,
})

const spend = (id: string, at: number, burned: Burn[], isGivenBack = false): Spend => ({
  id,
  at,
  burned,
  isGivenBack,
})

const told = (
  allowances: Allowance[],
  spends: Spend[] = [],
  { holds = [], now = T + 1000 }: { holds?: Hold[]; now?: number } = {},
) =>
  historyOf({ ...EMPTY_LEDGER, allowances, holds }, spends, now).map(
    ({ at, type, allowance, quantity, usage }) => [at - T, type, allowance, quantity, usage],
  )

describe('the history of a credit balance', () => {
  it('names what was granted, each usage, each correction and what is on hold', () => {
    const lines = told(
      [credits({ spent: 27 })],
      [
        spend('use_1', T + 10, [{ allowance: 'cs_1', quantity: 30 }]),
        spend('use_2', T + 30, [{ allowance: 'cs_1', quantity: 10 }], true),
      ],
      {
        holds: [
          {
            ...{ id: 'job', quantity: 7, at: T + 20, expiresAt: T + 5000 },
            burned: [{ allowance: 'cs_1', quantity: 7 }],
          },
        ],
      },
    )
    expect(lines).toEqual([
      [0, 'granted', 'cs_1', 100, null],
      [10, 'spent', 'cs_1', -30, 'use_1'],
      [20, 'held', 'cs_1', -7, 'job'],
      [30, 'given_back', 'cs_1', 10, 'use_2'],
    ])
  })

  it('tells of one usage per allowance, and of nothing that was beyond them', () => {
    const use = spend('use_1', T + 10, [
      { allowance: 'cs_1', quantity: 100 },
      { allowance: 'cs_2', quantity: 5 },
      { allowance: 'cs_2', quantity: 4, isOver: true },
      { allowance: '@1', quantity: 9, isOver: true },
    ])
    const both = [credits({ spent: 100 }), credits({ id: 'cs_2', amount: 5, spent: 5 })]
    expect(told(both, [use])).toEqual([
      [0, 'granted', 'cs_1', 100, null],
      [0, 'granted', 'cs_2', 5, null],
      [10, 'spent', 'cs_1', -100, 'use_1'],
      [10, 'spent', 'cs_2', -5, 'use_1'],
    ])
  })

  it('tells in one line what was spent by usage that is not in the list', () => {
    const use = spend('use_9', T + 10, [{ allowance: 'cs_1', quantity: 5 }])
    expect(told([credits({ spent: 20 })], [use])).toEqual([
      [0, 'granted', 'cs_1', 100, null],
      [0, 'spent', 'cs_1', -15, null],
      [10, 'spent', 'cs_1', -5, 'use_9'],
    ])
  })

  it('tells in one line what came back by a correction that is not in the list', () => {
    const use = spend('use_1', T + 10, [{ allowance: 'cs_1', quantity: 30 }])
    expect(told([credits({ spent: 20 })], [use])).toEqual([
      [0, 'granted', 'cs_1', 100, null],
      [0, 'given_back', 'cs_1', 10, null],
      [10, 'spent', 'cs_1', -30, 'use_1'],
    ])
  })

  it('counts as granted what was spent before the amount was lowered', () => {
    expect(told([credits({ amount: 10, spent: 30 })])).toEqual([
      [0, 'granted', 'cs_1', 30, null],
      [0, 'spent', 'cs_1', -30, null],
    ])
  })

  it('is silent of what never gave anything, and of limits and strays', () => {
    const nothing = credits({ amount: 0, until: T + 10 })
    const limit = credits({ id: 'sub_1@1', kind: 'limit', spent: 3 })
    const stray = credits({ id: '@1', kind: 'stray', over: 3 })
    expect(told([nothing, limit, stray])).toEqual([])
  })

  it('tells that the rest has expired from the second on at which it ends', () => {
    const at = (now: number) => told([credits({ spent: 40, until: T + 50 })], [], { now }).slice(2)
    expect(at(T + 49)).toEqual([])
    expect(at(T + 50)).toEqual([[50, 'expired', 'cs_1', -60, null]])
  })

  it('tells when the rest was taken back and restored, each time', () => {
    const clawbacks = [
      { at: T + 10, restoredAt: T + 20, quantity: 100 },
      { at: T + 30, restoredAt: null, quantity: 60 },
    ]
    expect(told([credits({ spent: 40, isVoid: true, clawbacks })]).slice(2)).toEqual([
      [10, 'clawed_back', 'cs_1', -100, null],
      [20, 'restored', 'cs_1', 100, null],
      [30, 'clawed_back', 'cs_1', -60, null],
    ])
  })

  it('lets what was taken back not expire as well', () => {
    const clawbacks = [{ at: T + 10, restoredAt: null, quantity: 100 }]
    expect(told([credits({ until: T + 50, isVoid: true, clawbacks })])).toEqual([
      [0, 'granted', 'cs_1', 100, null],
      [10, 'clawed_back', 'cs_1', -100, null],
    ])
    expect(told([credits({ isVoid: true })])).toEqual([
      [0, 'granted', 'cs_1', 100, null],
      [0, 'clawed_back', 'cs_1', -100, null],
    ])
  })
})

describe('lines of one second', () => {
  it('first tell what came in, then what was used, then what was lost', () => {
    const burned = [{ allowance: 'cs_1', quantity: 5 }]
    const taken = credits({
      spent: 7,
      isVoid: true,
      clawbacks: [{ at: T, restoredAt: null, quantity: 93 }],
    })
    const over = credits({
      ...{ id: 'cs_2', from: T - 10, until: T, amount: 10 },
      clawbacks: [{ at: T - 5, restoredAt: T, quantity: 10 }],
    })
    const holds = [
      {
        ...{ id: 'job', quantity: 7, at: T, expiresAt: T + 5000 },
        burned: [{ allowance: 'cs_1', quantity: 7 }],
      },
    ]
    const spends = [spend('use_1', T, burned), spend('use_2', T, burned, true)]
    expect(told([over, taken], spends, { holds })).toEqual([
      [-10, 'granted', 'cs_2', 10, null],
      [-5, 'clawed_back', 'cs_2', -10, null],
      [0, 'granted', 'cs_1', 100, null],
      [0, 'restored', 'cs_2', 10, null],
      [0, 'given_back', 'cs_1', 5, 'use_2'],
      [0, 'spent', 'cs_1', -5, 'use_1'],
      [0, 'held', 'cs_1', -7, 'job'],
      [0, 'clawed_back', 'cs_1', -93, null],
      [0, 'expired', 'cs_2', -10, null],
    ])
  })

  it('tell of usage that is not in the list before any that is', () => {
    const use = spend('A1', T, [{ allowance: 'cs_1', quantity: 5 }])
    const usages = told([credits({ spent: 20 })], [use]).map((line) => line[4])
    expect(usages).toEqual([null, null, 'A1'])
  })

  it('go by allowance and then by usage, in whatever order they were listed', () => {
    const of = (id: string) =>
      spend(id, T + 10, [
        { allowance: 'cs_2', quantity: 1 },
        { allowance: 'cs_1', quantity: 2 },
      ])
    const both = [credits({ id: 'cs_2', spent: 2 }), credits({ spent: 4 })]
    expect(told(both, [of('use_b'), of('use_a')]).slice(2)).toEqual([
      [10, 'spent', 'cs_1', -2, 'use_a'],
      [10, 'spent', 'cs_1', -2, 'use_b'],
      [10, 'spent', 'cs_2', -1, 'use_a'],
      [10, 'spent', 'cs_2', -1, 'use_b'],
    ])
  })
})
