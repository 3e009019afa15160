import { describe, expect, it } from 'vitest'
import { EMPTY_LEDGER, KEPT_SECONDS, type Allowance, type Ledger } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'

const START = 1_770_000_000
const HOUR = 3600
const DAY = 86_400
const END = START + 30 * DAY

const limit = (from: number, periodEnd: number, fields: Partial<Allowance> = {}): Allowance => ({
  ...{ id: `sub_1@${from}`, kind: 'limit', source: 'sub_1', from, until: periodEnd, periodEnd },
  ...{ amount: 100, spent: 0, over: 0, overage: 'block', isVoid: false, clawbacks: [] },
  ...fields,
})
const once = (id: string, fields: Partial<Allowance> = {}) =>
  limit(START, END, { id, kind: 'credits', source: id, periodEnd: null, ...fields })

const ids = ({ allowances }: Ledger) => allowances.map(({ id }) => id)
const added = (given: Allowance[], at: number, known: Allowance[] = []) =>
  syncLedger({ ...EMPTY_LEDGER, allowances: known }, given, at)

describe('an allowance that is given', () => {
  it('is added while usage may still come for it, and is not where it is void', () => {
    const pack = once('cs_1')
    expect(ids(added([pack], END + KEPT_SECONDS - 1))).toEqual(['cs_1'])
    expect(added([pack], END + KEPT_SECONDS)).toEqual(EMPTY_LEDGER)
    expect(added([once('cs_1', { isVoid: true })], START)).toEqual(EMPTY_LEDGER)
  })

  it('of no credits is nothing, while a limit of none is one', () => {
    expect(added([once('cs_1', { amount: 0 })], START)).toEqual(EMPTY_LEDGER)
    expect(added([limit(START, END, { amount: 0 })], START).allowances).toMatchObject([
      { amount: 0, until: END },
    ])
  })

  it('is listed by id, and once however often it is given', () => {
    const given = [once('b'), once('c'), once('a'), once('b')]
    expect(ids(added(given, START))).toEqual(['a', 'b', 'c'])
    expect(ids(added([once('c')], START, [once('b'), once('d')]))).toEqual(['b', 'c', 'd'])
  })
})

describe('the limit of an earlier period', () => {
  const now = END + DAY
  const guessed = limit(START + 5 * DAY, END + HOUR + 60)
  const isAdded = (known: Allowance) => ids(added([guessed], now, [known])).includes(guessed.id)

  it.each([
    ['another limit of the source in its time', limit(START, END)],
    ['one that began within it', limit(END - DAY, now + DAY)],
    ['one within it', limit(START + 10 * DAY, START + 12 * DAY)],
  ])('is guessed at no more where %s is known', (_, known) => {
    expect(isAdded(known)).toBe(false)
  })

  it.each([
    ['a limit of another source', limit(START, END, { id: `sub_2@${START}`, source: 'sub_2' })],
    ['credits', limit(START, END, { kind: 'credits' })],
    ['the limit that it follows', limit(START - 20 * DAY, guessed.from)],
    ['the limit that follows it', limit(guessed.until ?? 0, now + 20 * DAY)],
    ['a limit long before it', limit(START - 20 * DAY, START)],
  ])('is guessed at where only %s is known', (_, known) => {
    expect(isAdded(known)).toBe(true)
  })

  it('is not guessed at while it is under way: it is given beside any other', () => {
    expect(ids(added([guessed], END, [limit(START, END)]))).toContain(guessed.id)
  })
})

describe('an allowance whose time is long over', () => {
  it('is dropped 40 days after its end', () => {
    const known = [limit(START, END, { spent: 5 })]
    expect(ids(added([], END + KEPT_SECONDS - 1, known))).toHaveLength(1)
    expect(added([], END + KEPT_SECONDS, known)).toEqual(EMPTY_LEDGER)
  })

  it('is dropped alone: what holds, or holds for good, stays', () => {
    const known = [once('a'), once('b', { until: END + 90 * DAY }), once('c', { until: null })]
    expect(ids(added(known, END + 60 * DAY, known))).toEqual(['b', 'c'])
  })

  it('leaves behind what was spent of credits, and nothing of limits and of what was whole', () => {
    const known = [
      limit(START, END, { spent: 5 }),
      once('a', { spent: 3 }),
      once('b'),
      once('z', { spent: 4 }),
    ].sort((a, b) => (a.id < b.id ? -1 : 1))
    const closed = [{ allowance: 'm', quantity: 9 }]
    const at = END + KEPT_SECONDS
    expect(syncLedger({ allowances: known, holds: [], closed }, [], at)).toEqual({
      allowances: [],
      holds: [],
      closed: [
        { allowance: 'a', quantity: 3 },
        { allowance: 'm', quantity: 9 },
        { allowance: 'z', quantity: 4 },
      ],
    })
  })

  it('comes back without what was spent of it, and no other does', () => {
    const closed = [
      { allowance: 'a', quantity: 3 },
      { allowance: 'm', quantity: 9 },
    ]
    const again = once('m', { until: null })
    const back = syncLedger({ ...EMPTY_LEDGER, closed }, [again, once('n')], START)
    expect(back).toEqual({
      allowances: [{ ...again, spent: 9 }, once('n')],
      holds: [],
      closed: [{ allowance: 'a', quantity: 3 }],
    })
    expect(syncLedger(back, [again, once('n')], START)).toEqual(back)
  })
})
