import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anySnapshot } from '../../test/support/any-snapshot.ts'
import { holds } from '../../test/support/property.ts'
import { told } from '../../test/support/told.ts'
import { groupByRoot } from './evaluate.ts'
import type { AnySnapshot } from './fact.ts'
import { manualKey, preferParent, rootOf, routeOf } from './route.ts'

const link = (object: string, parent: string) => ({ object, parent })

describe('a snapshot is filed', () => {
  it.each([
    ['a customer under itself', told('customer', 'cus_1'), 'cus_1', []],
    [
      'an entitlement summary under its customer',
      told('entitlement_summary', 'cus_1'),
      'cus_1',
      [],
    ],
    [
      'a subscription under its customer, with the bill it names',
      told('subscription', 'sub_1'),
      'cus_1',
      [link('in_1', 'cus_1'), link('sub_1', 'cus_1')],
    ],
    [
      'a setup intent under its customer',
      told('setup_intent', 'seti_1'),
      'cus_1',
      [link('seti_1', 'cus_1')],
    ],
    [
      'an invoice under its customer, with the money it names',
      told('invoice', 'in_1', { paymentIntents: ['pi_1'], charges: ['ch_1'] }),
      'cus_1',
      [link('pi_1', 'cus_1'), link('ch_1', 'cus_1'), link('sub_1', 'cus_1'), link('in_1', 'cus_1')],
    ],
    [
      'a session under its customer, with all it led to',
      told('checkout_session', 'cs_1', {
        customer: 'cus_1',
        paymentIntent: 'pi_1',
        invoice: 'in_1',
        subscription: 'sub_1',
      }),
      'cus_1',
      [link('pi_1', 'cus_1'), link('in_1', 'cus_1'), link('sub_1', 'cus_1'), link('cs_1', 'cus_1')],
    ],
    [
      "a guest's session with its payment, and that with its invoice",
      told('checkout_session', 'cs_1', { paymentIntent: 'pi_1', invoice: 'in_1' }),
      'pi_1',
      [link('cs_1', 'pi_1'), link('pi_1', 'in_1')],
    ],
    ["a guest's free session under itself", told('checkout_session', 'cs_1'), 'cs_1', []],
    [
      'a payment under its customer, with its charge',
      told('payment_intent', 'pi_1', { customer: 'cus_1', latestCharge: 'ch_1' }),
      'cus_1',
      [link('ch_1', 'cus_1'), link('pi_1', 'cus_1')],
    ],
    [
      'a payment of an old invoice that names no customer under that invoice',
      told('payment_intent', 'pi_1', { invoice: 'in_1' }),
      'pi_1',
      [link('pi_1', 'in_1')],
    ],
    ["a guest's payment under itself", told('payment_intent', 'pi_1'), 'pi_1', []],
    [
      'a charge under its customer, with its payment',
      told('charge', 'ch_1', { customer: 'cus_1' }),
      'cus_1',
      [link('pi_1', 'cus_1'), link('ch_1', 'cus_1')],
    ],
    ["a guest's charge under its payment", told('charge', 'ch_1'), 'ch_1', [link('ch_1', 'pi_1')]],
    [
      'a join under its invoice, with the money',
      told('invoice_payment', 'inpay_1', { charge: 'ch_1' }),
      'inpay_1',
      [link('inpay_1', 'in_1'), link('pi_1', 'in_1'), link('ch_1', 'in_1')],
    ],
    [
      'a refund under its charge, and that under its payment',
      told('refund', 're_1'),
      're_1',
      [link('re_1', 'ch_1'), link('ch_1', 'pi_1')],
    ],
    [
      'a dispute under its payment where it names no charge',
      told('dispute', 'dp_1', { charge: null }),
      'dp_1',
      [link('dp_1', 'pi_1')],
    ],
    ['a product under itself: it is nobody’s', told('product', 'prod_1'), 'prod_1', []],
    ['a price under itself', told('price', 'price_1'), 'price_1', []],
    ['a test clock under itself', told('test_clock', 'clock_1'), 'clock_1', []],
    [
      "a manual grant under the app's own customer",
      told('manual_grant', 'act_1'),
      manualKey('ada'),
      [],
    ],
    ['what Stripe does not know under itself', told('subscription', 'sub_9', null), 'sub_9', []],
  ])('%s', (_, snapshot, key, links) => {
    expect(routeOf(snapshot)).toEqual({ key, links })
  })
})

describe('of two parents', () => {
  it('a Stripe customer counts before all, then an invoice, then the earlier in text', () => {
    expect(preferParent('pi_1', 'cus_9')).toBe('cus_9')
    expect(preferParent('in_9', 'ch_1')).toBe('in_9')
    expect(preferParent('cus_2', 'cus_1')).toBe('cus_1')
    expect(preferParent(null, 'pi_1')).toBe('pi_1')
    expect(preferParent(null, null)).toBeNull()
  })

  it('the same one counts in whatever order they are learnt', () => {
    const parent = fc.constantFrom(null, 'cus_1', 'cus_2', 'acct_1', 'in_1', 'in_2', 'pi_1', 'ch_1')
    holds(
      fc.property(fc.tuple(parent, parent, parent), ([a, b, c]) => {
        expect(preferParent(a, b)).toBe(preferParent(b, a))
        expect(preferParent(preferParent(a, b), c)).toBe(preferParent(a, preferParent(b, c)))
        expect(preferParent(a, a)).toBe(a)
      }),
      300,
    )
  })
})

describe('adoption', () => {
  // The refund is heard of first, then the guest's charge, and at last who paid.
  const guest = [
    told('refund', 're_1'),
    told('dispute', 'dp_1', { paymentIntent: null }),
    told('charge', 'ch_1'),
    told('payment_intent', 'pi_1'),
    told('checkout_session', 'cs_1', { paymentIntent: 'pi_1', invoice: 'in_1' }),
  ]
  const invoiced = [
    told('refund', 're_1', { charge: null }),
    told('charge', 'ch_1'),
    told('invoice_payment', 'inpay_1'),
    told('payment_intent', 'pi_1'),
    told('invoice', 'in_1', { customer: 'cus_1', subscription: null }),
  ]

  it.each([
    ["files a guest's refund and dispute with the payment's invoice", guest, 'in_1'],
    [
      'files them with the customer once the payment names one',
      [...guest, told('payment_intent', 'pi_1', { customer: 'cus_1' })],
      'cus_1',
    ],
    [
      'files them with the customer once the session names one',
      [...guest, told('checkout_session', 'cs_1', { customer: 'cus_1', paymentIntent: 'pi_1' })],
      'cus_1',
    ],
    ['finds the customer through invoice and join alone', invoiced, 'cus_1'],
  ])('%s, in whatever order they came', (_, snapshots, root) => {
    holds(
      fc.property(
        fc.tuple(fc.shuffledSubarray(snapshots, { minLength: snapshots.length })),
        ([arrived]) => {
          expect([...groupByRoot(arrived)].map(([key, group]) => [key, group.length])).toEqual([
            [root, snapshots.length],
          ])
        },
      ),
      100,
    )
  })

  it('files what cannot be placed yet under what it refers to, apart from others', () => {
    const roots = (snapshots: AnySnapshot[]) => [...groupByRoot(snapshots).keys()].sort()
    const mine = told('refund', 're_1', { charge: 'ch_1', paymentIntent: null })
    const other = told('refund', 're_2', { charge: 'ch_2', paymentIntent: null })
    expect(roots([mine, other])).toEqual(['ch_1', 'ch_2'])
    const known = told('charge', 'ch_1', { customer: 'cus_1', paymentIntent: null })
    expect(roots([mine, other, known])).toEqual(['ch_2', 'cus_1'])
  })

  it('files what Stripe does not know of a bill with the subscription that names it', () => {
    const absent = told('invoice', 'in_1', null)
    for (const snapshots of [
      [told('subscription', 'sub_1'), absent],
      [absent, told('subscription', 'sub_1')],
    ]) {
      expect([...groupByRoot(snapshots).keys()]).toEqual(['cus_1'])
    }
  })

  it('moves no invoice away from its own customer, whoever else names it as their latest', () => {
    const mine = told('invoice', 'in_1', { customer: 'cus_2', subscription: null })
    const theirs = told('subscription', 'sub_1', { customer: 'cus_1', latestInvoice: 'in_1' })
    const groups = [...groupByRoot([theirs, mine])].map(([root, [first]]) => [root, first?.object])
    expect(groups).toEqual([
      ['cus_1', 'sub_1'],
      ['cus_2', 'in_1'],
    ])
  })
})

describe('a circle of references', () => {
  it.each(['a', 'b', 'c'])('ends at one and the same root from %s on', (key) => {
    const circle: Record<string, string> = { a: 'c', c: 'b', b: 'a' }
    expect(rootOf(key, (object) => circle[object])).toBe('a')
  })

  it('ends at the same root for what merely leads into it, however long the way', () => {
    const parents: Record<string, string> = { z: 'y', y: 'z' }
    for (let step = 0; step < 30; step++) parents[`way_${step}`] = `way_${step + 1}`
    parents['way_30'] = 'z'
    expect(rootOf('way_0', (object) => parents[object])).toBe('y')
  })

  it('is never made: an invoice and a payment that name each other lie under one root', () => {
    const session = told('checkout_session', 'cs_1', { paymentIntent: 'pi_1', invoice: 'in_1' })
    const snapshots = [session, told('invoice_payment', 'inpay_1')]
    expect([...groupByRoot(snapshots).keys()]).toEqual(['in_1'])
  })

  it('is never made, whatever objects name each other', () => {
    holds(
      fc.property(fc.tuple(fc.array(anySnapshot, { maxLength: 30 })), ([snapshots]) => {
        const parents = new Map<string, string | null>()
        for (const { object, parent } of snapshots.flatMap((each) => routeOf(each).links)) {
          parents.set(object, preferParent(parents.get(object) ?? null, parent))
        }
        for (const start of parents.keys()) {
          const met = new Set<string>()
          let key: string | null | undefined = start
          for (; typeof key === 'string' && !met.has(key); key = parents.get(key)) met.add(key)
          expect(typeof key === 'string').toBe(false)
        }
      }),
      1000,
    )
  })
})
