import { describe, expect, it } from 'vitest'
import { EMPTY_LEDGER, type Allowance } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'

const START = 1_770_000_000
const HOUR = 3600
const DAY = 86_400
const END = START + 30 * DAY
const now = START + 10 * DAY

const limit = (from: number, periodEnd: number, fields: Partial<Allowance> = {}): Allowance => ({
  ...{ id: `sub_1@${from}`, kind: 'limit', source: 'sub_1', from, until: periodEnd, periodEnd },
  ...{ amount: 100, spent: 0, over: 0, overage: 'block', isVoid: false, clawbacks: [] },
  ...fields,
})
const credits = (from: number, periodEnd: number, fields: Partial<Allowance> = {}) =>
  limit(from, periodEnd, { kind: 'credits', ...fields })
const once = (fields: Partial<Allowance> = {}) =>
  credits(START, END, { id: 'cs_1', source: 'cs_1', until: null, periodEnd: null, ...fields })

/** What becomes of what is known, when this is given. */
const after = (known: Allowance[], given: Allowance[], at = now) =>
  syncLedger({ ...EMPTY_LEDGER, allowances: known }, given, at).allowances

const known = limit(START, END, { spent: 60 })

describe('an allowance under way', () => {
  it('takes what is given now, and keeps its name and what was used of it', () => {
    const mine = {
      ...known,
      over: 7,
      clawbacks: [{ at: START, restoredAt: START + 1, quantity: 9 }],
    }
    const news = { amount: 50, overage: 'bill', until: END + 60, periodEnd: END + 60 } as const
    expect(after([mine], [limit(START + 600, END, news)])).toEqual([{ ...mine, ...news }])
  })

  it('begins where it was first known to, or sooner', () => {
    const begins = (from: number) => after([known], [limit(from, END)])[0]?.from
    expect([begins(START + 600), begins(START - 600)]).toEqual([START, START - 600])
  })

  it('that is given once begins where it is said to, sooner or later', () => {
    const begins = (from: number) => after([once()], [once({ from })])[0]?.from
    expect([begins(START + DAY), begins(START - DAY)]).toEqual([START + DAY, START - DAY])
  })

  it('ends where it is said to have ended, and no later', () => {
    const ended = (one: Allowance, given: Allowance) =>
      after([one], [given]).map(({ until, periodEnd, amount }) => [until, periodEnd, amount])
    expect(ended(known, limit(START, now, { amount: 7 }))).toEqual([[now, now, 100]])
    expect(ended(once(), once({ until: now - HOUR }))).toEqual([[now - HOUR, null, 100]])
    const cut = { until: now - HOUR, periodEnd: END + 600 }
    expect(ended(known, limit(START, END, cut))).toEqual([[now - HOUR, END, 100]])
    const sooner = { until: now - HOUR, periodEnd: END - 600 }
    expect(ended(known, limit(START, END, sooner))).toEqual([[now - HOUR, END - 600, 100]])
  })

  it('of a feature that turns from a limit into credits has what was beyond it noted, not paid', () => {
    const full = limit(START, END, { spent: 100, over: 30 })
    expect(after([full], [credits(START, END, { amount: 500 })])).toMatchObject([
      { kind: 'credits', amount: 500, spent: 100, over: 30 },
    ])
  })
})

describe('an allowance that is over', () => {
  const at = END + DAY

  it('stays as it was, whatever is said of it', () => {
    const said = [{ amount: 5 }, { isVoid: true }, { until: END - HOUR, periodEnd: END - HOUR }]
    for (const fields of said)
      expect(after([known], [limit(START, END, fields)], at)).toEqual([known])
    expect(after([known], [], at)).toEqual([known])
    expect(after([known], [], END)).toEqual([known])
    expect(after([known], [limit(START, END + 600, { isVoid: true })], END)).toEqual([known])
  })

  it('goes on where it turns out to last longer', () => {
    const longer = credits(START, END, { until: END + 60 * DAY })
    expect(after([credits(START, END, { spent: 60 })], [longer], at)).toEqual([
      { ...longer, spent: 60 },
    ])
  })
})

describe('an allowance that is taken back', () => {
  const open = { at: now, restoredAt: null, quantity: 40 }

  it('loses what is left of it, once', () => {
    const taken = after([known], [{ ...known, isVoid: true }])
    expect(taken).toEqual([{ ...known, isVoid: true, clawbacks: [open] }])
    expect(after([...taken], [{ ...known, isVoid: true }], now + HOUR)).toEqual(taken)
    expect(after([...taken], [], now + HOUR)).toEqual(taken)
  })

  it('loses no number where it was without limit', () => {
    const endless = limit(START, END, { amount: null })
    expect(after([endless], [])[0]?.clawbacks).toEqual([{ ...open, quantity: 0 }])
  })

  it('and given again is whole, and remembers each time it was gone', () => {
    const taken = after([known], [])
    const back = after([...taken], [limit(START, END)], now + HOUR)
    const first = { ...open, restoredAt: now + HOUR }
    expect(back).toEqual([{ ...known, clawbacks: [first] }])
    const again = after([...back], [], now + 2 * HOUR)
    expect(again[0]?.clawbacks).toEqual([first, { ...open, at: now + 2 * HOUR }])
    const whole = after([...again], [limit(START, END)], now + 3 * HOUR)
    const second = { at: now + 2 * HOUR, restoredAt: now + 3 * HOUR, quantity: 40 }
    expect(whole).toEqual([{ ...known, clawbacks: [first, second] }])
  })

  it('and given again within the same second was never gone', () => {
    expect(after([...after([known], [])], [limit(START, END)])).toEqual([known])
  })
})

describe('an allowance that nothing gives any more', () => {
  it('is taken back from the second on at which it begins, not before', () => {
    expect(after([known], [], START)).toMatchObject([{ isVoid: true }])
    expect(after([known], [], START - 1)).toEqual([known])
  })

  it('stays what it is where it is only a note of the month', () => {
    const stray = limit(START, END, { id: `@${START}`, kind: 'stray', source: '', over: 3 })
    expect(after([stray], [])).toEqual([stray])
  })

  const within = now - DAY

  it.each([
    ['is over', limit(within, now)],
    ['is void', limit(within, END + DAY * 20, { isVoid: true })],
    ['is of credits', credits(within, END + 20 * DAY)],
    ['is of another interval', limit(within, END + 20 * DAY, { id: `sub_1/1year@${within}` })],
    [
      'is of another source',
      limit(within, END + 20 * DAY, { id: `sub_2@${within}`, source: 'sub_2' }),
    ],
    ['begins where it ends', limit(END, END + 30 * DAY)],
    ['begins after it', limit(END + DAY, END + 30 * DAY)],
  ])('is taken back rather than cut short by another that %s', (_, given) => {
    expect(after([known], [given])).toContainEqual({
      ...{ ...known, isVoid: true },
      clawbacks: [{ at: now, restoredAt: null, quantity: 40 }],
    })
  })

  it('is cut short where the next begins, and is not taken back', () => {
    const next = limit(within, END + 20 * DAY)
    expect(after([known], [next])).toContainEqual({ ...known, until: within, periodEnd: within })
  })

  const lasting = { until: END + 60 * DAY, spent: 60 }
  const paid = credits(START, END, lasting)

  it('holds where it is of credits, of a period that the next one cuts short', () => {
    const next = credits(within, END + 20 * DAY)
    expect(after([paid], [next])).toContainEqual({ ...paid, periodEnd: within })
  })

  it('is of the same period still where other credits begin before or after it', () => {
    const earlier = credits(START - 30 * DAY, START, { until: END + 30 * DAY })
    const later = credits(END + DAY, END + 30 * DAY)
    expect(after([paid], [earlier])).toContainEqual(paid)
    expect(after([paid], [later])).toContainEqual(paid)
  })
})
