import { describe, expect, it } from 'vitest'
import { DAY, HOUR, JANUARY, told } from '../../test/support/told.ts'
import type { AnySnapshot } from './fact.ts'
import { buildFacts, groupByObject, unite } from './facts.ts'

const missing = (at: number) => told('subscription', 'sub_1', null, { at })

describe('an object that Stripe says it does not know', () => {
  const seen = told('subscription', 'sub_1', {}, { at: JANUARY })

  it('is missing from then on', () => {
    expect(buildFacts([missing(JANUARY)]).missing).toEqual(new Set(['sub_1']))
    expect(buildFacts([seen, missing(JANUARY)]).missing.has('sub_1')).toBe(true)
    expect(buildFacts([seen, missing(JANUARY + 1)]).missing.has('sub_1')).toBe(true)
  })

  it('is not where it was seen later than that', () => {
    const later = told('subscription', 'sub_1', {}, { at: JANUARY + HOUR })
    expect(buildFacts([missing(JANUARY), later]).missing).toEqual(new Set())
    expect(buildFacts([missing(JANUARY), later, missing(JANUARY + DAY)]).missing.size).toBe(1)
  })

  it('is not where only an event says nothing of it', () => {
    const empty = { ...missing(JANUARY), origin: 'event' } as AnySnapshot
    expect(buildFacts([empty]).missing).toEqual(new Set())
  })
})

describe('an object all of whose statuses no rule knows', () => {
  it('is named once, with its type and the first of them, and is no fact', () => {
    const facts = buildFacts([
      told('invoice', 'in_1', { status: 'novel' }),
      told('invoice', 'in_1', { status: 'odd' }, { at: JANUARY + 1 }),
    ])
    expect(facts.unknown).toEqual([{ type: 'invoice', id: 'in_1', status: 'novel' }])
    expect(facts.invoices.size).toBe(0)
  })

  it('is not one that is merely unknown to Stripe', () => {
    expect(buildFacts([missing(JANUARY)]).unknown).toEqual([])
  })

  it('is no product or price: nothing is decided by them', () => {
    expect(buildFacts([told('product', 'prod_1'), told('price', 'price_1')])).toEqual(
      buildFacts([]),
    )
  })
})

describe('a customer that was deleted', () => {
  const alive = told('customer', 'cus_1', {
    metadata: { customer_id: 'ada', team: 'blue' },
    paymentMethodOnFile: true,
    testClock: 'clock_1',
  })
  const deleted = told('customer', 'cus_1', { deleted: true, metadata: {} }, { at: JANUARY + DAY })

  it('keeps the identity it had, and nothing to charge', () => {
    expect(buildFacts([deleted, alive]).customers.get('cus_1')).toMatchObject({
      state: {
        deleted: true,
        metadata: { customer_id: 'ada', team: 'blue' },
        paymentMethodOnFile: false,
        testClock: 'clock_1',
      },
      firstAt: JANUARY,
      lastAt: JANUARY + DAY,
      evidence: [deleted.observation],
    })
  })

  it('stays deleted, whatever is told late', () => {
    const late = told('customer', 'cus_1', { metadata: { team: 'red' } }, { at: JANUARY + 2 * DAY })
    const found = buildFacts([alive, deleted, late]).customers.get('cus_1')
    expect(found?.state).toMatchObject({ deleted: true, metadata: { team: 'red' } })
  })

  it('is known by its deletion alone', () => {
    expect(buildFacts([deleted]).customers.get('cus_1')?.state.deleted).toBe(true)
  })
})

describe('a grant by hand that was revoked', () => {
  it('stays revoked', () => {
    const revoked = told('manual_grant', 'act_1', { isRevoked: true }, { at: JANUARY })
    const granted = told('manual_grant', 'act_1', {}, { at: JANUARY + DAY })
    const view = buildFacts([revoked, granted]).manualGrants.get('act_1')
    expect(view?.state.isRevoked).toBe(true)
  })
})

describe('a set of snapshots', () => {
  const a = told('charge', 'ch_1', {}, { observation: 'evt_a' })
  const b = told('charge', 'ch_1', {}, { observation: 'evt_b' })
  const late = told('charge', 'ch_1', {}, { observation: 'evt_0', at: JANUARY + 1 })

  it('is in the order of time, then of text, each once', () => {
    expect(unite([late, b, a, b, structuredClone(a)])).toEqual([a, b, late])
  })

  it('keeps apart what differs in anything', () => {
    const variants = [
      a,
      { ...a, eventType: 'charge.captured' },
      { ...a, request: 'req_1' },
      { ...a, after: { ...a.after, amount: 1 } },
      { ...a, before: a.after },
    ] as AnySnapshot[]
    expect(unite(variants)).toHaveLength(5)
    expect(unite([...variants].reverse())).toEqual(unite(variants))
  })

  it('is a new list, also of one or none', () => {
    const one = [a]
    expect(unite(one)).toEqual(one)
    expect(unite(one)).not.toBe(one)
    expect(unite([])).toEqual([])
  })

  it('is kept per object: two types may share an id', () => {
    const customer = told('customer', 'cus_1')
    const summary = told('entitlement_summary', 'cus_1')
    expect(groupByObject([summary, customer, summary])).toEqual([[customer], [summary]])
  })
})
