import { describe, expect, it } from 'vitest'
import { pro } from '../../test/support/catalogs.ts'
import {
  adas,
  DAY,
  FEBRUARY,
  HOUR,
  item,
  JANUARY,
  line,
  MARCH,
  told,
} from '../../test/support/told.ts'
import type { AnySnapshot } from './fact.ts'
import { explain, type Story } from './explain.ts'

const product = told('product', 'prod_pro', { name: 'Pro' }, { at: JANUARY - DAY })
const items = [item({ product: 'prod_pro' })]
const created = { eventType: 'customer.subscription.created' }
const subscription = told('subscription', 'sub_1', { items }, { at: JANUARY, ...created })
const january = told('invoice', 'in_1', { billingReason: 'subscription_create' }, { at: JANUARY })

function story(
  snapshots: readonly AnySnapshot[],
  {
    at = JANUARY + DAY,
    ...more
  }: { at?: number; feature?: string; knownAt?: Map<string, number> } = {},
): Story {
  return explain({ decision: adas(snapshots, { at }), snapshots, catalog: pro, ...more })
}

/** What is told, turn by turn: sentences, and conclusions by feature and kind. */
function tale({ turns }: Story) {
  return turns.map(({ at, deeds, conclusions }) => ({
    at,
    told: deeds.map(({ what }) => what),
    then: conclusions.map(({ feature, kind }) => `${feature} ${kind}`),
  }))
}

const renewed = told(
  'subscription',
  'sub_1',
  {
    items: [item({ product: 'prod_pro', periodStart: FEBRUARY, periodEnd: MARCH })],
    latestInvoice: 'in_2',
  },
  { at: FEBRUARY },
)
const failed = told(
  'invoice',
  'in_2',
  {
    status: 'open',
    billingReason: 'subscription_cycle',
    attemptCount: 1,
    amountPaid: 0,
    paidAt: null,
    finalizedAt: FEBRUARY + HOUR,
    lines: [line({ periodStart: FEBRUARY, periodEnd: MARCH })],
  },
  { at: FEBRUARY + HOUR, eventType: 'invoice.payment_failed' },
)
const pastDue = told(
  'subscription',
  'sub_1',
  {
    items: [item({ product: 'prod_pro', periodStart: FEBRUARY, periodEnd: MARCH })],
    latestInvoice: 'in_2',
    status: 'past_due',
  },
  { at: FEBRUARY + HOUR },
)

describe('a story told in turns', () => {
  it('tells a purchase in one sentence, with what followed and on which events', () => {
    const found = story([product, subscription, january])
    expect(tale(found)).toEqual([
      {
        at: JANUARY,
        told: ['A subscription to Pro began and was paid.'],
        then: ['reports granted', 'seats granted'],
      },
    ])
    expect(found.turns[0]).toMatchObject({
      by: 'news',
      happenedAt: null,
      deeds: [{ objects: ['sub_1', 'in_1'] }],
      events: [january.observation, subscription.observation].sort(),
    })
    expect(found.turns[0]?.conclusions[0]).toMatchObject({
      before: { allowed: false, state: 'none' },
      after: { allowed: true, state: 'active' },
      because: [{ code: 'paid', events: [january.observation] }],
    })
  })

  it('interleaves what happened with what was concluded, by news and by the clock', () => {
    const snapshots = [product, subscription, january, renewed, failed, pastDue]
    expect(tale(story(snapshots, { at: FEBRUARY + 20 * DAY })).slice(1)).toEqual([
      {
        at: FEBRUARY + HOUR,
        told: ['Payment of the renewal invoice failed.'],
        then: ['reports kept', 'seats kept'],
      },
      {
        at: FEBRUARY + HOUR + 7 * DAY,
        told: [],
        then: ['reports lost', 'seats lost'],
      },
    ])
  })

  it('counts what changed nothing instead of listing it', () => {
    const note = told(
      'customer',
      'cus_1',
      { metadata: { customer_id: 'ada' } },
      { at: JANUARY + HOUR },
    )
    const found = story([product, subscription, january, note])
    expect(found.turns).toHaveLength(1)
    expect(found.unremarkable).toBe(1)
    expect(found.timeline).toHaveLength(3)
  })

  it('tells nothing of later than it is told for', () => {
    const found = story([product, subscription, january], { at: JANUARY + DAY })
    expect(found.turns.every(({ at }) => at <= JANUARY + DAY)).toBe(true)
  })

  it('tells what was heard of late when it was heard, and says when it had happened', () => {
    const knownAt = new Map([
      [subscription.observation, JANUARY + 4 * DAY],
      [january.observation, JANUARY + 4 * DAY],
    ])
    const found = story([product, subscription, january], { at: JANUARY + 5 * DAY, knownAt })
    expect(found.turns).toMatchObject([{ at: JANUARY + 4 * DAY, happenedAt: JANUARY }])
  })

  it('of one feature draws conclusions on that alone', () => {
    const found = story([product, subscription, january], { feature: 'seats' })
    expect(tale(found)[0]?.then).toEqual(['seats granted'])
  })

  it('is the same in whatever order and however often its observations are given', () => {
    const snapshots = [product, subscription, january, renewed, failed, pastDue]
    const shaken = [...snapshots.toReversed(), ...structuredClone(snapshots)]
    const at = FEBRUARY + 20 * DAY
    expect(story(shaken, { at })).toEqual(story(snapshots, { at }))
  })

  it('leaves out what another app customer bought through the same Stripe customer', () => {
    const others = [
      told('subscription', 'sub_2', { metadata: { customer_id: 'bob' } }, { at: JANUARY + HOUR }),
      told(
        'invoice',
        'in_9',
        { subscription: 'sub_2', subscriptionMetadata: { customer_id: 'bob' } },
        { at: JANUARY + HOUR },
      ),
    ]
    const sentences = tale(story([product, subscription, january, ...others])).flatMap(
      (turn) => turn.told,
    )
    expect(sentences).toEqual(['A subscription to Pro began and was paid.'])
  })

  it('too long to be told whole begins with the newest turns and counts the rest', () => {
    const seats = Array.from({ length: 300 }, (_, index) =>
      told(
        'subscription',
        'sub_1',
        { items: [item({ product: 'prod_pro', quantity: 1 + (index % 2) })] },
        { at: JANUARY + (index + 1) * HOUR },
      ),
    )
    const found = story([product, subscription, january, ...seats], { at: JANUARY + 20 * DAY })
    expect(found.turns.length).toBeLessThanOrEqual(200)
    expect(found.turns.at(-1)?.at).toBe(JANUARY + 300 * HOUR)
    expect(found.earlier).toBeGreaterThan(50)
  })
})

describe('what would change it', () => {
  it('by the clock is every deadline to come, and what follows', () => {
    const { next } = story([product, subscription, january])
    expect(next.clock.map(({ at, conclusions }) => [at, conclusions[0]?.kind])).toEqual([
      [FEBRUARY, 'same'],
      [FEBRUARY + 3 * DAY, 'lost'],
    ])
    expect(next.news).toMatchObject([{ what: 'the next renewal is paid', objects: ['sub_1'] }])
  })

  it('by news is the payment that is owed', () => {
    const snapshots = [product, subscription, january, renewed, failed, pastDue]
    const { next } = story(snapshots, { at: FEBRUARY + 20 * DAY })
    expect(next.clock).toEqual([])
    expect(next.news).toMatchObject([
      {
        what: 'the renewal invoice is paid',
        objects: ['in_2'],
        conclusions: [
          { feature: 'reports', kind: 'granted' },
          { feature: 'seats', kind: 'granted' },
        ],
      },
    ])
  })

  it('is a cancellation undone', () => {
    const canceling = told(
      'subscription',
      'sub_1',
      { items, cancelAt: FEBRUARY },
      { at: JANUARY + HOUR },
    )
    const { next } = story([product, subscription, january, canceling])
    expect(next.clock).toMatchObject([{ at: FEBRUARY, conclusions: [{ kind: 'lost' }, {}] }])
    expect(next.news).toMatchObject([{ what: 'the cancellation is undone' }])
  })

  it('is a dispute won or lost, or a refund that fails', () => {
    const session = told('checkout_session', 'cs_1', {
      ...{ mode: 'payment', paymentIntent: 'pi_1', subscription: null },
      metadata: { customer_id: 'ada', proviso_product: 'lifetime' },
    })
    const charge = told('charge', 'ch_1', { paymentIntent: 'pi_1' })
    const disputed = [
      session,
      charge,
      told('dispute', 'dp_1', { status: 'needs_response', charge: 'ch_1' }),
    ]
    expect(story(disputed).next.news.map(({ what }) => what)).toEqual([
      'the dispute is won',
      'the dispute is lost',
    ])
    const refunded = [
      session,
      charge,
      told('refund', 're_1', { charge: 'ch_1' }, { at: JANUARY + HOUR }),
    ]
    expect(story(refunded).next.news.map(({ what }) => what)).toEqual([
      'the refund fails after all',
    ])
    expect(story([session, charge]).next.news.map(({ what }) => what)).toEqual([
      'the payment is refunded in full',
    ])
  })

  it('supposes nothing into the story itself', () => {
    const { timeline, turns, features } = story([product, subscription, january])
    expect(JSON.stringify({ timeline, turns, features })).not.toContain('supposed')
  })
})
