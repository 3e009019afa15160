import { describe, expect, it } from 'vitest'
import { HOUR, JANUARY, told } from '../../../test/support/told.ts'
import type { AnySnapshot } from '../fact.ts'
import { buildFacts, type Facts } from '../facts.ts'

describe('what is believed of an object', () => {
  it.each([
    ['customer', 'customers'],
    ['checkout_session', 'sessions'],
    ['subscription', 'subscriptions'],
    ['invoice', 'invoices'],
    ['invoice_payment', 'invoicePayments'],
    ['payment_intent', 'paymentIntents'],
    ['charge', 'charges'],
    ['refund', 'refunds'],
    ['dispute', 'disputes'],
    ['setup_intent', 'setupIntents'],
    ['entitlement_summary', 'entitlements'],
    ['test_clock', 'testClocks'],
    ['manual_grant', 'manualGrants'],
  ] as const)('of type %s says its type and id, and when it was seen', (type, name) => {
    const snapshots = [told(type, 'x_1'), told(type, 'x_1', {}, { at: JANUARY + HOUR })]
    const facts: Facts = buildFacts(snapshots)

    expect([...facts[name].keys()]).toEqual(['x_1'])
    expect(facts[name].get('x_1')).toMatchObject({
      type,
      id: 'x_1',
      firstAt: JANUARY,
      lastAt: JANUARY + HOUR,
      readAt: null,
      unknownStatus: null,
    })
  })

  it('rests on four observations at most, the first in text', () => {
    const seen = Array.from({ length: 6 }, (_, index) =>
      told('setup_intent', 'seti_1', {}, { observation: `evt_${String(9 - index)}` }),
    )
    const { evidence = [] } = buildFacts(seen).setupIntents.get('seti_1') ?? {}

    expect(evidence).toEqual(['evt_4', 'evt_5', 'evt_6', 'evt_7'])
    const ended = seen.map((snapshot) => ({
      ...told('subscription', 'sub_1', { status: 'canceled' }),
      observation: snapshot.observation,
    })) as AnySnapshot[]
    expect(buildFacts(ended).subscriptions.get('sub_1')?.evidence).toEqual(evidence)
  })

  it('names of several statuses no rule knows the first in text', () => {
    const status = (text: string, at: number) =>
      told('subscription', 'sub_1', { status: text }, { at, observation: `evt_${text}` })
    const odd = [status('m', JANUARY), status('z', JANUARY + 1), status('a', JANUARY + 2)]
    const known = status('active', JANUARY)

    expect(buildFacts([...odd, known]).subscriptions.get('sub_1')?.unknownStatus).toBe('a')
    expect(buildFacts([...odd.slice(0, 2), known]).subscriptions.get('sub_1')).toMatchObject({
      unknownStatus: 'm',
    })
  })

  it('is dated by its latest read', () => {
    const read = (at: number) =>
      told('setup_intent', 'seti_1', {}, { at, origin: 'read', observation: `read_${String(at)}` })
    const found = buildFacts([read(JANUARY + HOUR), read(JANUARY)]).setupIntents.get('seti_1')

    expect(found?.readAt).toBe(JANUARY + HOUR)
  })
})
