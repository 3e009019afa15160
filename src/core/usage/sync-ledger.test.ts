import { describe, expect, it } from 'vitest'
import { hold } from './hold.ts'
import { EMPTY_LEDGER, type Allowance, type Ledger } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'
import { take } from './take.ts'
import { usageAt } from './usage-at.ts'

const START = 1_770_000_000
const HOUR = 3600
const DAY = 86_400
const END = START + 30 * DAY
const now = START + 10 * DAY

const limit = (from: number, periodEnd: number, fields: Partial<Allowance> = {}): Allowance => ({
  id: `sub_1@${from}`,
  kind: 'limit',
  source: 'sub_1',
  from,
  until: periodEnd,
  periodEnd,
  amount: 100,
  spent: 0,
  over: 0,
  overage: 'block',
  isVoid: false,
  clawbacks: [],
  ...fields,
})

const used = (ledger: Ledger, quantity: number, at: number) =>
  take(ledger, { quantity, at, mode: 'track', isAllowed: true }).ledger

const after = (first: Allowance, quantity: number, given: readonly Allowance[], at = now) =>
  syncLedger(used(syncLedger(EMPTY_LEDGER, [first], now), quantity, now), given, at)

describe('a larger limit', () => {
  it('takes in of what was beyond the smaller one as much as it has room for', () => {
    const ledger = after(limit(START, END), 130, [limit(START, END, { amount: 110 })])
    expect(ledger.allowances).toMatchObject([{ spent: 110, over: 20 }])
  })
})

describe('a period that turns out to be another than was known', () => {
  it.each([
    ['begins some minutes sooner', limit(START - 600, END - 600)],
    ['begins some minutes later', limit(START + 600, END + 900)],
    ['began later within it, as of an item that was replaced', limit(now - DAY, END)],
    ['began long before, where only a Checkout told of it', limit(START - 2 * DAY, END - 2 * DAY)],
  ])('and %s is the same one: what was used stays used', (_, given) => {
    const ledger = after(limit(START, END), 60, [given])
    expect(ledger.allowances).toMatchObject([
      { id: `sub_1@${START}`, spent: 60, until: given.until, isVoid: false },
    ])
    expect(usageAt(ledger, now)).toMatchObject({ used: 60, limit: 100, remaining: 40 })
    expect(syncLedger(ledger, [given], now)).toEqual(ledger)
  })

  it('and is cut short by a new one ends where that begins', () => {
    const next = limit(now - DAY, now + 29 * DAY, { amount: 500 })
    const ledger = after(limit(START, END), 60, [next])
    expect(usageAt(ledger, now)).toMatchObject({ used: 0, limit: 500 })
    expect(usageAt(ledger, now - 2 * DAY)).toMatchObject({
      used: 60,
      limit: 100,
      resetsAt: now - DAY,
    })
    expect(syncLedger(ledger, [next], now)).toEqual(ledger)
  })

  it('is guessed at no more where its own time is known', () => {
    const known = after(limit(START, END), 60, [limit(START, END)], END + HOUR)
    const guessed = limit(START + 5 * DAY, END + 60)
    const next = limit(END + 60, END + 30 * DAY)
    const ledger = syncLedger(known, [guessed, next], END + HOUR)
    expect(ledger.allowances.map(({ id }) => id)).toEqual([`sub_1@${START}`, next.id])
  })
})

describe('a source that gives no more', () => {
  it('takes its limit with it, also where the source is not heard of at all', () => {
    const ledger = after(limit(START, END), 60, [])
    expect(usageAt(ledger, now)).toMatchObject({ used: 60, limit: 0, remaining: 0 })
    expect(usageAt(ledger, now - HOUR)).toMatchObject({ limit: 100, remaining: 40 })
    const back = syncLedger(ledger, [limit(START, END)], now + HOUR)
    expect(usageAt(back, now + HOUR)).toMatchObject({ used: 60, limit: 100 })
  })

  it('takes credits that were given once, but not those of a period that was paid for', () => {
    const once = limit(START, END, {
      id: 'cs_1',
      kind: 'credits',
      source: 'cs_1',
      until: null,
      periodEnd: null,
    })
    expect(after(once, 60, []).allowances).toMatchObject([{ spent: 60, isVoid: true }])
    const paid = limit(START, END, { kind: 'credits' })
    expect(after(paid, 60, []).allowances).toMatchObject([{ spent: 60, isVoid: false }])
  })
})

describe('an allowance that is long over', () => {
  it('is kept while a reservation may still give back to it', () => {
    const held = hold(syncLedger(EMPTY_LEDGER, [limit(START, END)], now), {
      id: 'job',
      quantity: 5,
      at: now,
      expiresAt: END + 60 * DAY,
      isAllowed: true,
    }).ledger
    expect(syncLedger(held, [], END + 50 * DAY).allowances).toHaveLength(1)
    expect(syncLedger(held, [], END + 60 * DAY).allowances).toEqual([])
  })
})
