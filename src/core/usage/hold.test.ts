import { describe, expect, it } from 'vitest'
import { finalise, hold, release } from './hold.ts'
import { EMPTY_LEDGER, type Allowance, type Ledger } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'
import { giveBack, take } from './take.ts'
import { balanceAt, usageAt } from './usage-at.ts'

const NOW = 1_770_000_000
const HOUR = 3600

const allowance = (fields: Partial<Allowance> = {}): Allowance => ({
  id: 'cs_1',
  kind: 'credits',
  source: 'cs_1',
  from: NOW - HOUR,
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
const credits = allowance()
const limit = allowance({ id: 'sub_1@1', kind: 'limit', source: 'sub_1', periodEnd: NOW + HOUR })

const held = (given: Allowance, quantity: number) =>
  hold(syncLedger(EMPTY_LEDGER, [given], NOW), {
    id: 'job',
    quantity,
    at: NOW,
    expiresAt: NOW + HOUR,
    isAllowed: true,
  }).ledger

const balance = (ledger: Ledger, at = NOW) => balanceAt(ledger, at).remaining

describe('a reservation', () => {
  it('takes units out of the balance at once, all or nothing', () => {
    expect(balance(held(credits, 60))).toBe(40)
    expect(balance(held(credits, 101))).toBe(100)
    expect(held(credits, 101).holds).toEqual([])
  })

  it('is settled for what the work cost, and gives the rest back', () => {
    const done = finalise(held(credits, 60), 'job', 25, NOW)
    expect(done).toMatchObject({
      ok: true,
      burned: [{ allowance: 'cs_1', quantity: 25 }],
      over: 0,
      ledger: { holds: [] },
    })
    expect(balance(done.ledger)).toBe(75)
  })

  it('of work that cost more takes the rest as tracked usage, beyond the balance too', () => {
    const done = finalise(held(credits, 60), 'job', 130, NOW)
    expect(done).toMatchObject({ ok: true, over: 30 })
    expect(balance(done.ledger)).toBe(0)
    expect(balanceAt(done.ledger, NOW)).toMatchObject({ used: 130, over: 30 })
  })

  it('of work that cost nothing is as if released', () => {
    const ledger = held(credits, 60)
    expect(finalise(ledger, 'job', 0, NOW).ledger).toEqual(release(ledger, 'job'))
    expect(balance(release(ledger, 'job'))).toBe(100)
  })

  it('gives its units back when it runs out, and its work is recorded all the same', () => {
    const later = NOW + HOUR
    const expired = syncLedger(held(credits, 60), [credits], later)
    expect(balance(expired, later)).toBe(100)
    expect(release(expired, 'job')).toBe(expired)
    expect(balance(finalise(expired, 'job', 25, NOW).ledger, later)).toBe(75)
  })

  it('keeps its units though the credits end or are taken back before the work is done', () => {
    const ledger = held(credits, 60)
    const refunded = syncLedger(ledger, [{ ...credits, isVoid: true }], NOW + 60)
    expect(balance(refunded, NOW + 60)).toBe(0)
    const done = finalise(refunded, 'job', 60, NOW)
    expect(done).toMatchObject({ over: 0, ledger: { allowances: [{ spent: 60, over: 0 }] } })
    const less = finalise(refunded, 'job', 10, NOW)
    expect(balance(less.ledger, NOW + 60)).toBe(0)
    expect(balance(syncLedger(less.ledger, [credits], NOW + 120), NOW + 120)).toBe(90)
  })
})

describe('units given back', () => {
  it('make room for what was beyond the limit', () => {
    const first = take(syncLedger(EMPTY_LEDGER, [limit], NOW), {
      quantity: 90,
      at: NOW,
      mode: 'consume',
      isAllowed: true,
    })
    const second = take(first.ledger, { quantity: 30, at: NOW, mode: 'track', isAllowed: true })
    expect(second).toMatchObject({
      burned: [
        { allowance: 'sub_1@1', quantity: 10 },
        { allowance: 'sub_1@1', quantity: 20, isOver: true },
      ],
      over: 20,
    })
    const corrected = giveBack(second.ledger, first.burned)
    expect(usageAt(corrected, NOW)).toMatchObject({ used: 30, remaining: 70, over: 0 })
    expect(usageAt(giveBack(corrected, second.burned), NOW)).toMatchObject({ used: 0, over: 0 })
  })
})
