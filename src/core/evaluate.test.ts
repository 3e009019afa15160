import { describe, expect, it } from 'vitest'
import { pro } from '../../test/support/catalogs.ts'
import { DAY, item, JANUARY, line, told } from '../../test/support/told.ts'
import { evaluate } from './evaluate.ts'
import type { AnySnapshot, Scope } from './fact.ts'

const at = JANUARY + DAY
const LIVE: Scope = { account: '', livemode: true }
const TEST: Scope = { account: '', livemode: false }
const CONNECTED: Scope = { account: 'acct_1', livemode: true }

const within = (scope: Scope, snapshots: readonly AnySnapshot[]) =>
  snapshots.map((snapshot) => ({ scope, snapshot }))

const subscription = told('subscription', 'sub_1')
const invoice = told('invoice', 'in_1')

const allowed = (told: ReturnType<typeof within>) =>
  Object.entries(evaluate(told, pro, at).customers)
    .filter(([, { features }]) => features['reports']?.allowed === true)
    .map(([customer]) => customer)

describe('live mode, test mode and connected accounts (R26)', () => {
  it.each([
    ['live and test mode', LIVE, TEST],
    ['the account and a connected one', LIVE, CONNECTED],
    ['two connected accounts', CONNECTED, { account: 'acct_2', livemode: true }],
    ["a connected account's two modes", CONNECTED, { account: 'acct_1', livemode: false }],
  ])('money of one pays nothing in another: %s', (_, a, b) => {
    const served = (of: Scope, paidIn: Scope) =>
      allowed([...within(of, [subscription]), ...within(paidIn, [invoice])])
    expect(served(a, a)).toEqual(['ada'])
    // The payment itself speaks for who paid, in its own scope, until the subscription is asked for.
    for (const [of, paidIn] of [
      [a, b],
      [b, a],
    ] as const) {
      expect(served(of, paidIn)).toEqual([expect.stringMatching(/^(live|test)\S*:cus_1$/)])
    }
  })

  it('have each their own answer for one and the same id', () => {
    const both = [...within(LIVE, [subscription, invoice]), ...within(TEST, [subscription])]
    const { customers } = evaluate(both, pro, at)
    expect(Object.keys(customers)).toEqual(['live:ada', 'test:ada'])
    expect(customers['live:ada']?.features['reports']?.allowed).toBe(true)
    expect(customers['test:ada']?.features['reports']?.allowed).toBe(false)
  })

  it('are named in full only where there are several', () => {
    const connected = within(CONNECTED, [subscription, invoice])
    expect(Object.keys(evaluate(connected, pro, at).customers)).toEqual(['ada'])
    const several = [...connected, ...within(LIVE, [subscription, invoice])]
    expect(Object.keys(evaluate(several, pro, at).customers)).toEqual([
      'live:ada',
      'live/acct_1:ada',
    ])
  })

  it('share no test clock and no deletion', () => {
    const deleted = told('customer', 'cus_1', { deleted: true })
    const both = [...within(LIVE, [subscription, invoice]), ...within(TEST, [deleted])]
    expect(allowed(both)).toEqual(['live:ada'])
  })
})

describe('several Stripe customers of one app customer', () => {
  it('give together what each gives', () => {
    const second = [
      told('subscription', 'sub_2', {
        customer: 'cus_2',
        items: [item({ id: 'si_2', quantity: 4 })],
        latestInvoice: 'in_2',
      }),
      told('invoice', 'in_2', {
        customer: 'cus_2',
        subscription: 'sub_2',
        lines: [line({ subscription: 'sub_2', subscriptionItem: 'si_2', quantity: 4 })],
      }),
    ]
    const { customers } = evaluate(within(LIVE, [subscription, invoice, ...second]), pro, at)
    expect(Object.keys(customers)).toEqual(['ada'])
    expect(customers['ada']?.features['seats']).toMatchObject({ allowed: true, value: 5 })
  })

  it('are served on for one where the other was deleted', () => {
    const gone = [
      told('subscription', 'sub_2', { customer: 'cus_2', items: [item({ id: 'si_2' })] }),
      told('customer', 'cus_2', { deleted: true }),
    ]
    expect(allowed(within(LIVE, [subscription, invoice, ...gone]))).toEqual(['ada'])
  })
})

describe('nothing', () => {
  it('gives nobody anything', () => {
    expect(evaluate([], pro, at).customers).toEqual({})
  })

  it('is known of a customer whose objects sold nothing', () => {
    const open = told('checkout_session', 'cs_1', { status: 'open', paymentStatus: 'unpaid' })
    const tried = told('payment_intent', 'pi_1', { status: 'requires_payment_method' })
    expect(evaluate(within(LIVE, [open, tried]), pro, at).customers).toEqual({})
  })
})
