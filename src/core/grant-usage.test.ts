import { describe, expect, it } from 'vitest'
import { grantsOf, itemOf, lineOf } from '../../test/support/allowances.ts'
import { DAY, FEBRUARY, HOUR, JANUARY, type line, MARCH, told } from '../../test/support/told.ts'
import type { AnySnapshot, SubscriptionState } from './fact.ts'
import { grantUsage } from './grant-usage.ts'
import type { Source } from './source.ts'

const now = JANUARY + DAY

const subscription = (fields: Partial<SubscriptionState> = {}, at = JANUARY) =>
  told('subscription', 'sub_1', { items: [itemOf('price_large')], ...fields }, { at })

const bill = (
  id: string,
  lines: ReturnType<typeof line>[],
  created = JANUARY,
  fields: object = {},
): AnySnapshot => told('invoice', id, { lines, created, ...fields }, { at: created })

const usageOf = (feature: string, snapshots: readonly AnySnapshot[], at = now) =>
  grantsOf(feature, snapshots, at).map(({ usage }) => usage)

const large = [subscription(), bill('in_1', [lineOf('price_large')])]

describe('what a grant says of its use', () => {
  it('is nothing for flags and quantities, nor of a source that nothing is used up of', () => {
    const small = [
      subscription({ items: [itemOf('price_small')] }),
      bill('in_1', [lineOf('price_small')]),
    ]
    expect(usageOf('seats', small)).toEqual([null])
    const source: Source = {
      ...{ id: 'manual/act_1', kind: 'manual', owner: 'ada', segments: [], needs: [], alerts: [] },
      gives: { kind: 'features', values: new Map() },
    }
    const options = { name: 'calls', definition: undefined, frozenAt: null, now }
    const feature = { type: 'metered', meter: 'calls' } as const
    expect(grantUsage({ ...options, feature, source })).toBeNull()
  })

  it('is the billing period of its subscription’s item', () => {
    expect(usageOf('calls', large)).toEqual([
      {
        group: 'sub_1',
        periodStart: JANUARY,
        periodEnd: FEBRUARY,
        interval: 'month',
        intervalCount: 1,
        anchor: JANUARY,
        overage: 'bill',
        givenAt: JANUARY,
        endsAt: null,
        expiresAfter: null,
        paid: [],
        frozenAt: null,
      },
    ])
  })

  it('of credits is also what the money of each period bought, while it can still hold', () => {
    const renewed = [
      ...large,
      subscription(
        {
          items: [itemOf('price_large', { periodStart: FEBRUARY, periodEnd: MARCH })],
          latestInvoice: 'in_2',
        },
        FEBRUARY,
      ),
      bill('in_2', [lineOf('price_large', { periodStart: FEBRUARY, periodEnd: MARCH })], FEBRUARY),
    ]
    expect(usageOf('credits', renewed, FEBRUARY + DAY)).toMatchObject([
      {
        expiresAfter: 90 * DAY,
        paid: [
          { from: JANUARY, to: FEBRUARY, amount: 50, isTaken: false },
          { from: FEBRUARY, to: MARCH, amount: 50, isTaken: false },
        ],
      },
    ])
    // They hold for 90 days, and are corrected for 40 more.
    const counted = (at: number) =>
      usageOf('credits', renewed, at).map((usage) => usage?.paid.length)
    expect(counted(JANUARY + 130 * DAY - 1)).toEqual([2])
    expect(counted(JANUARY + 130 * DAY)).toEqual([1])
    expect(usageOf('credits', renewed, JANUARY + 131 * DAY)).toMatchObject([
      { paid: [{ from: FEBRUARY }] },
    ])
  })

  it('of credits counts no period of a product that gave none', () => {
    const upgraded = [
      ...[
        subscription({ items: [itemOf('price_seated')] }),
        bill('in_1', [lineOf('price_seated')]),
      ],
      subscription(
        {
          items: [itemOf('price_large', { periodStart: FEBRUARY, periodEnd: MARCH })],
          latestInvoice: 'in_2',
        },
        FEBRUARY,
      ),
      bill('in_2', [lineOf('price_large', { periodStart: FEBRUARY, periodEnd: MARCH })], FEBRUARY),
    ]
    expect(usageOf('credits', upgraded, FEBRUARY + DAY)).toMatchObject([
      { paid: [{ from: FEBRUARY, amount: 50 }] },
    ])
  })

  it('of a period with a change in it is what the change came to give', () => {
    const up = now
    const upgraded = [
      subscription({ items: [itemOf('price_small')] }),
      bill('in_1', [lineOf('price_small')]),
      subscription({ latestInvoice: 'in_2' }, up),
      bill(
        'in_2',
        [
          lineOf('price_small', { isProration: true, amount: -1900, periodStart: up }),
          lineOf('price_large', { isProration: true, amount: 5000, periodStart: up }),
        ],
        up,
        { billingReason: 'subscription_update' },
      ),
    ]
    expect(usageOf('credits', upgraded, up + HOUR)).toMatchObject([
      { paid: [{ from: JANUARY, to: FEBRUARY, amount: 50, isTaken: false }] },
    ])
  })

  it('of a period in which the subscription was ended is that it was taken', () => {
    const ended = [
      ...large,
      subscription({ status: 'canceled', endedAt: now, latestInvoice: 'in_1' }, now),
    ]
    expect(usageOf('credits', ended, now + HOUR)).toMatchObject([
      { paid: [{ from: JANUARY, isTaken: true }] },
    ])
    const atEnd = [
      ...large,
      subscription({ status: 'canceled', endedAt: FEBRUARY, latestInvoice: 'in_1' }, FEBRUARY),
    ]
    expect(usageOf('credits', atEnd, FEBRUARY + HOUR)).toMatchObject([
      { paid: [{ from: JANUARY, isTaken: false }] },
    ])
  })

  it('counts a trial among the periods that gave credits, where trials are honoured', () => {
    const trialEnd = JANUARY + 14 * DAY
    const trial = [
      subscription({
        status: 'trialing',
        trialStart: JANUARY,
        trialEnd,
        items: [itemOf('price_large', { periodEnd: trialEnd })],
      }),
    ]
    expect(usageOf('credits', trial)).toMatchObject([
      { anchor: trialEnd, paid: [{ from: JANUARY, to: trialEnd, amount: 50, isTaken: false }] },
    ])
  })

  it('of an item added within the period is the whole of it', () => {
    const added = [
      subscription({
        items: [
          itemOf('price_small'),
          itemOf('price_large', { id: 'si_2', created: now, periodStart: now }),
        ],
      }),
      bill('in_1', [lineOf('price_small')]),
      bill(
        'in_2',
        [
          lineOf('price_large', {
            subscriptionItem: 'si_2',
            isProration: true,
            periodStart: now,
            amount: 4000,
          }),
        ],
        now,
        { billingReason: 'subscription_update' },
      ),
    ]
    const usages = usageOf('credits', added, now + HOUR)
    expect(usages.map((usage) => usage?.periodStart)).toEqual([JANUARY, JANUARY])
    expect(usages.map((usage) => usage?.paid.map(({ from, amount }) => [from, amount]))).toEqual([
      [[JANUARY, 10]],
      [[JANUARY, 50]],
    ])
  })

  it('of a first period cut to fit another day of billing begins with the subscription', () => {
    const first = JANUARY + 6 * DAY
    const stub = [
      subscription({ items: [itemOf('price_large', { periodEnd: first })] }),
      bill('in_1', [lineOf('price_large', { periodEnd: first })]),
    ]
    expect(usageOf('calls', stub)).toMatchObject([
      { periodStart: JANUARY, periodEnd: first, anchor: first },
    ])
  })

  it('of a purchase is when the money came in, or null once it was taken back', () => {
    const pass = told('payment_intent', 'pi_1', {
      metadata: { customer_id: 'ada', proviso_product: 'pass' },
    })
    expect(usageOf('calls', [pass])).toMatchObject([
      { group: 'pi_1', periodStart: null, givenAt: JANUARY, endsAt: JANUARY + 45 * DAY },
    ])
    const refunded = [pass, told('charge', 'ch_1'), told('refund', 're_1')]
    expect(usageOf('calls', refunded)).toMatchObject([{ givenAt: null }])
  })

  it('of a grant by hand is from when to when it is given, or null once it is revoked', () => {
    const grant = (fields: object) => told('manual_grant', 'act_1', { feature: 'calls', ...fields })
    expect(usageOf('calls', [grant({ until: FEBRUARY })])).toMatchObject([
      { group: 'manual/act_1', givenAt: JANUARY, endsAt: FEBRUARY, overage: 'block' },
    ])
    expect(usageOf('calls', [grant({ isRevoked: true })])).toMatchObject([{ givenAt: null }])
  })

  it('on a test clock is the second that clock stands at', () => {
    const clocked = [
      subscription({ testClock: 'clock_1' }),
      bill('in_1', [lineOf('price_large')]),
      told('test_clock', 'clock_1', { frozenTime: JANUARY + 3 * DAY }),
    ]
    expect(usageOf('calls', clocked, MARCH)).toMatchObject([{ frozenAt: JANUARY + 3 * DAY }])
  })
})
