import { describe, expect, it } from 'vitest'
import { adas, DAY, FEBRUARY, item, JANUARY, line, told } from '../../test/support/told.ts'
import { pro } from '../../test/support/catalogs.ts'
import { explain } from './explain.ts'
import { stories } from '../../test/support/stories/index.ts'
import { parcelOf } from '../../test/support/holding.ts'

const subscription = told('subscription', 'sub_1', {}, { at: JANUARY + 1 })
const invoice = told('invoice', 'in_1', { lines: [line({ quantity: 3 })] }, { at: JANUARY + 2 })
const snapshots = [
  invoice,
  told('product', 'prod_1', {}, { at: JANUARY - DAY }),
  told('checkout_session', 'cs_1', { mode: 'subscription', subscription: 'sub_1' }),
  subscription,
]

describe('the story of a customer', () => {
  it('tells what happened from the oldest on, one entry per observation', () => {
    const story = explain({ decision: adas(snapshots), snapshots, catalog: pro })
    expect(story.timeline).toEqual([
      {
        at: JANUARY,
        what: 'Checkout cs_1 is complete, paid.',
        event: `evt_checkout_session_cs_1_${String(JANUARY)}`,
        eventType: 'checkout_session.updated',
        object: 'cs_1',
      },
      {
        at: JANUARY + 1,
        what: 'Subscription sub_1 is active (1 × price_pro).',
        event: `evt_subscription_sub_1_${String(JANUARY + 1)}`,
        eventType: 'subscription.updated',
        object: 'sub_1',
      },
      {
        at: JANUARY + 2,
        what: 'Invoice in_1 is paid.',
        event: `evt_invoice_in_1_${String(JANUARY + 2)}`,
        eventType: 'invoice.updated',
        object: 'in_1',
      },
    ])
  })

  it('is the same in whatever order and however often its observations are given', () => {
    const decision = adas(snapshots)
    const shaken = [...snapshots.toReversed(), ...structuredClone(snapshots)]
    expect(explain({ decision, snapshots: shaken, catalog: pro })).toEqual(
      explain({ decision, snapshots, catalog: pro }),
    )
  })

  it('says what holds, why, on what it rests, and when it changes by itself', () => {
    const story = explain({ decision: adas(snapshots), snapshots, catalog: pro })
    expect(story).toMatchObject({
      customer: 'ada',
      at: JANUARY + DAY,
      feature: null,
      wakeAt: FEBRUARY,
    })
    expect(story.features['reports']?.reasons).toEqual([
      {
        code: 'paid',
        message: 'Paid through 2026-02-15 10:00 UTC.',
        events: [`evt_invoice_in_1_${String(JANUARY + 2)}`],
        objects: ['in_1', 'sub_1'],
      },
    ])
  })

  it('of one feature leaves the others out, but not what happened', () => {
    const story = explain({
      decision: adas(snapshots),
      snapshots,
      catalog: pro,
      feature: 'seats',
    })
    expect(Object.keys(story.features)).toEqual(['seats'])
    expect(new Set(story.grants.map(({ feature }) => feature))).toEqual(new Set(['seats']))
    expect(story.timeline).toHaveLength(3)
  })

  it.each([
    [told('customer', 'cus_1', { deleted: true }), 'Stripe customer cus_1 was deleted.'],
    [
      told(
        'subscription',
        'sub_1',
        { items: [item({ quantity: 2, lookupKey: 'pro' })] },
        { eventType: 'customer.subscription.created' },
      ),
      'Subscription sub_1 began and is active (2 × pro).',
    ],
    [
      told('subscription', 'sub_1', { cancelAt: FEBRUARY, items: [] }),
      'Subscription sub_1 is active, set to cancel 2026-02-15 10:00 UTC.',
    ],
    [
      told('subscription', 'sub_1', {
        status: 'past_due',
        items: [],
        pauseCollection: { behavior: 'void', resumesAt: null },
      }),
      'Subscription sub_1 is past due, collection paused.',
    ],
    [
      told('invoice', 'in_1', { status: 'open' }, { eventType: 'invoice.payment_failed' }),
      'A payment of invoice in_1 failed.',
    ],
    [
      told('checkout_session', 'cs_1', {}, { eventType: 'checkout.session.async_payment_failed' }),
      'The delayed payment of Checkout cs_1 failed.',
    ],
    [
      told('subscription', 'sub_1', { items: [] }, { origin: 'read' }),
      'Stripe was asked: Subscription sub_1 is active.',
    ],
    [told('invoice', 'in_9', null), 'Stripe does not know in_9.'],
    [told('refund', 're_1', { status: 'failed' }), 'Refund re_1 failed.'],
    [told('manual_grant', 'act_1', { isRevoked: true }), 'A person revoked the grant of reports.'],
  ])('has a plain sentence for %#', (snapshot, what) => {
    const [entry] = explain({
      decision: adas(snapshots),
      snapshots: [snapshot],
      catalog: pro,
    }).timeline
    expect(entry?.what).toBe(what)
  })

  it('is readable for every observation of every story', () => {
    const decision = adas(snapshots)
    for (const story of stories) {
      for (const body of story.build(story.shapes[0] ?? 'basil')) {
        const heard = parcelOf(body).parts.map(({ snapshot }) => snapshot)
        for (const { what } of explain({ decision, snapshots: heard, catalog: pro }).timeline) {
          expect(what).toMatch(/^[A-Z].*\.$/)
          expect(what).not.toMatch(/undefined|null|NaN|\[object/)
        }
      }
    }
  })
})
