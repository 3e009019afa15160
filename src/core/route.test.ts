import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
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
      'a subscription under its customer',
      told('subscription', 'sub_1'),
      'cus_1',
      [link('sub_1', 'cus_1')],
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
      "a guest's session with its payment",
      told('checkout_session', 'cs_1', { paymentIntent: 'pi_1', invoice: 'in_1' }),
      'pi_1',
      [link('cs_1', 'pi_1'), link('in_1', 'pi_1')],
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
    ["files a guest's refund and dispute with the payment", guest, 'pi_1'],
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

  it('ends where bad data goes in a circle', () => {
    const circle: Record<string, string> = { a: 'b', b: 'c', c: 'a' }
    expect(['a', 'b', 'c']).toContain(rootOf('a', (key) => circle[key]))
  })
})
