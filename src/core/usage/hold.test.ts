import { describe, expect, it } from 'vitest'
import { finalise, hold, release, releaseExpired } from './hold.ts'
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

describe('of several reservations', () => {
  const several = (given: Allowance) =>
    [
      ['b', 10, NOW + 60],
      ['a', 20, NOW + 120],
      ['c', 30, NOW + 180],
    ].reduce<Ledger>(
      (ledger, [id, quantity, expiresAt]) =>
        hold(ledger, {
          ...{ id: String(id), quantity: Number(quantity), expiresAt: Number(expiresAt) },
          ...{ at: NOW, isAllowed: true },
        }).ledger,
      syncLedger(EMPTY_LEDGER, [given], NOW),
    )
  const ids = (ledger: Ledger) => ledger.holds.map(({ id }) => id)

  it('each is held until it is settled or released itself, and they are listed by id', () => {
    const ledger = several(credits)
    expect([ids(ledger), balance(ledger)]).toEqual([['a', 'b', 'c'], 40])
    const released = release(ledger, 'b')
    expect([ids(released), balance(released)]).toEqual([['a', 'c'], 50])
    const done = finalise(ledger, 'c', 25, NOW)
    expect(done.burned).toEqual([{ allowance: 'cs_1', quantity: 25 }])
    expect([ids(done.ledger), balance(done.ledger)]).toEqual([['a', 'b'], 45])
    expect(release(ledger, 'd')).toBe(ledger)
  })

  it('each runs out at its own second', () => {
    const left = (at: number) => ids(releaseExpired(several(credits), at))
    expect(left(NOW + 59)).toEqual(['a', 'b', 'c'])
    expect(left(NOW + 60)).toEqual(['a', 'c'])
    expect(left(NOW + 120)).toEqual(['c'])
    expect(balance(releaseExpired(several(credits), NOW + 120))).toBe(70)
  })
})

describe('what a settled reservation burned', () => {
  const billed: Allowance = { ...limit, overage: 'bill' }

  it('is one line for each allowance, and one for what is beyond it', () => {
    const done = finalise(held(limit, 60), 'job', 130, NOW)
    expect(done).toMatchObject({ ok: true, over: 30 })
    expect(done.burned).toEqual([
      { allowance: 'sub_1@1', quantity: 100 },
      { allowance: 'sub_1@1', quantity: 30, isOver: true },
    ])
  })

  it('is beyond the limit as far as what was set aside was, and what came on top', () => {
    const ledger = held(billed, 120)
    expect(finalise(ledger, 'job', 110, NOW)).toMatchObject({
      over: 10,
      burned: [{ quantity: 100 }, { quantity: 10, isOver: true }],
      ledger: { allowances: [{ spent: 100, over: 10 }] },
    })
    expect(finalise(ledger, 'job', 150, NOW)).toMatchObject({
      over: 50,
      burned: [{ quantity: 100 }, { quantity: 50, isOver: true }],
      ledger: { allowances: [{ spent: 100, over: 50 }] },
    })
  })

  it('names no allowance that nothing was used of', () => {
    const ledger = held(billed, 120)
    expect(finalise(ledger, 'job', 0, NOW).burned).toEqual([])
    expect(finalise(ledger, 'job', 100, NOW).burned).toHaveLength(1)
    expect(finalise(ledger, 'job', 40, NOW)).toMatchObject({
      over: 0,
      ledger: { allowances: [{ spent: 40, over: 0 }] },
    })
  })

  it('is nothing where it cannot be counted exactly: the units stay on hold', () => {
    const ledger = held(credits, 60)
    const busy = take(ledger, { quantity: 5, at: NOW, mode: 'track', isAllowed: true }).ledger
    expect(finalise(busy, 'job', Number.MAX_SAFE_INTEGER, NOW)).toEqual({
      ...{ ok: false, reason: 'uncountable', ledger: busy, burned: [], over: 0 },
    })
    const most = Number.MAX_SAFE_INTEGER - 5
    expect(finalise(busy, 'job', most, NOW)).toMatchObject({ ok: true, over: most - 95 })
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
