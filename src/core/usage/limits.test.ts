import { describe, expect, it } from 'vitest'
import {
  consumes,
  givenAt,
  itemOf,
  lineOf,
  spans,
  synced,
  used,
} from '../../../test/support/allowances.ts'
import { DAY, FEBRUARY, HOUR, JANUARY, MARCH, told } from '../../../test/support/told.ts'
import type { InvoiceState, SubscriptionItemState, SubscriptionState } from '../fact.ts'
import { EMPTY_LEDGER } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'
import { usageAt } from './usage-at.ts'

const subscription = (
  fields: Partial<SubscriptionState> = {},
  at = fields.items?.[0]?.periodStart ?? JANUARY,
) => told('subscription', 'sub_1', { items: [itemOf('price_small')], ...fields }, { at })

const bill = (id: string, price: string, fields: Partial<InvoiceState> = {}) =>
  told('invoice', id, { lines: [lineOf(price)], ...fields }, { at: fields.created ?? JANUARY })

const plan = (price: string, fields: Partial<SubscriptionItemState> = {}) => [
  subscription({ items: [itemOf(price, fields)] }),
  bill('in_1', price, {
    lines: [
      lineOf(price, {
        quantity: fields.quantity ?? 1,
        ...(fields.periodEnd !== undefined && { periodEnd: fields.periodEnd }),
      }),
    ],
  }),
]

const small = plan('price_small')
const now = JANUARY + DAY

describe('a limit of a subscription', () => {
  it('is given for the item’s own period, named by the subscription', () => {
    expect(givenAt('calls', small, now)).toMatchObject([
      {
        id: `sub_1@${JANUARY}`,
        source: 'sub_1',
        from: JANUARY,
        until: FEBRUARY,
        amount: 100,
        overage: 'block',
        isVoid: false,
      },
    ])
  })

  it('is used up, and refuses what is beyond it unless that is billed', () => {
    const ledger = used(synced(null, 'calls', small, now), 98, now)
    expect(usageAt(ledger, now)).toMatchObject({ used: 98, limit: 100, remaining: 2, over: 0 })
    expect(usageAt(ledger, now).resetsAt).toBe(FEBRUARY)
    expect(consumes(ledger, 2, now)).toBe(true)
    expect(consumes(ledger, 3, now)).toBe(false)
    const billed = used(synced(null, 'calls', plan('price_large'), now), 998, now)
    expect(consumes(billed, 3, now)).toBe(true)
    expect(consumes(billed, 3, now, false)).toBe(false)
    expect(usageAt(used(billed, 5, now), now)).toMatchObject({ used: 1003, remaining: 0, over: 3 })
  })

  it('is as many times over as were bought where it is per quantity', () => {
    expect(givenAt('calls', plan('price_seated', { quantity: 4 }), now)).toMatchObject([
      { amount: 20 },
    ])
  })

  it('is none beside one that is without limit, which what ends first does not burn', () => {
    const second = told(
      'subscription',
      'sub_2',
      {
        items: [
          itemOf('price_endless', { id: 'si_2', periodStart: now, periodEnd: FEBRUARY + DAY }),
        ],
        startDate: now,
        created: now,
        latestInvoice: 'in_2',
      },
      { at: now },
    )
    const paid = bill('in_2', 'price_endless', {
      subscription: 'sub_2',
      created: now,
      lines: [
        lineOf('price_endless', {
          subscription: 'sub_2',
          subscriptionItem: 'si_2',
          periodStart: now,
          periodEnd: FEBRUARY + DAY,
        }),
      ],
    })
    const ledger = used(synced(null, 'calls', [...small, second, paid], now), 150, now)
    expect(usageAt(ledger, now)).toEqual({
      used: 150,
      limit: null,
      remaining: null,
      over: 0,
      isBilledBeyond: false,
      resetsAt: FEBRUARY,
    })
    expect(ledger.allowances.map(({ id, spent }) => [id, spent])).toEqual([
      [`sub_1@${JANUARY}`, 100],
      [`sub_2@${now}`, 50],
    ])
  })

  it('adds up with that of a pass, each with its own end', () => {
    const pass = told('payment_intent', 'pi_1', {
      metadata: { customer_id: 'ada', proviso_product: 'pass' },
    })
    const given = givenAt('calls', [...small, pass], now)
    const january = Date.UTC(2026, 0, 1) / 1000
    const february = Date.UTC(2026, 1, 1) / 1000
    expect(spans(given)).toEqual([
      [`pi_1@${january}`, JANUARY, february],
      [`sub_1@${JANUARY}`, JANUARY, FEBRUARY],
    ])
    const ledger = used(syncLedger(EMPTY_LEDGER, given, now), 10, now)
    expect(usageAt(ledger, now)).toMatchObject({ used: 10, limit: 107, remaining: 97 })
    expect(ledger.allowances.map(({ spent }) => spent)).toEqual([7, 3])
  })
})

describe('the next period', () => {
  const late = FEBRUARY + DAY
  const renewed = subscription(
    {
      items: [itemOf('price_small', { periodStart: FEBRUARY, periodEnd: MARCH })],
      latestInvoice: 'in_2',
    },
    late,
  )
  const renewal = bill('in_2', 'price_small', {
    billingReason: 'subscription_cycle',
    created: late,
    lines: [lineOf('price_small', { periodStart: FEBRUARY, periodEnd: MARCH })],
  })

  it('begins at the old end while the renewal may still be charged, under the id it will have', () => {
    const before = used(synced(null, 'calls', small, now), 60, now)
    const waiting = synced(before, 'calls', small, FEBRUARY + HOUR)
    expect(usageAt(waiting, FEBRUARY + HOUR)).toMatchObject({ used: 0, limit: 100 })
    const busy = used(waiting, 30, FEBRUARY + HOUR)
    const heard = synced(busy, 'calls', [...small, renewed, renewal], late)
    expect(usageAt(heard, late)).toMatchObject({ used: 30, limit: 100, resetsAt: MARCH })
    expect(spans(heard.allowances)).toEqual([
      [`sub_1@${JANUARY}`, JANUARY, FEBRUARY],
      [`sub_1@${FEBRUARY}`, FEBRUARY, MARCH],
    ])
  })

  it('begins by the clock alone, from a verdict of the period before', () => {
    const given = givenAt('calls', small, FEBRUARY + HOUR, now)
    expect(spans(given)).toEqual([
      [`sub_1@${JANUARY}`, JANUARY, FEBRUARY],
      [`sub_1@${FEBRUARY}`, FEBRUARY, MARCH],
    ])
  })

  it('is given five minutes ahead, for usage that comes as early as Stripe takes it', () => {
    const ahead = FEBRUARY - 200
    const ledger = used(synced(null, 'calls', small, ahead), 5, FEBRUARY + 50)
    expect(usageAt(ledger, FEBRUARY)).toMatchObject({ used: 5, over: 0 })
    expect(usageAt(ledger, ahead)).toMatchObject({ used: 0 })
  })

  it('is not given once the renewal can no longer come', () => {
    const over = FEBRUARY + 80 * HOUR
    const before = used(synced(null, 'calls', small, now), 60, now)
    const waiting = used(synced(before, 'calls', small, FEBRUARY + HOUR), 30, FEBRUARY + HOUR)
    const lost = synced(waiting, 'calls', small, over, FEBRUARY + HOUR)
    expect(usageAt(lost, over)).toMatchObject({ used: 30, limit: 0, remaining: 0, resetsAt: null })
    expect(consumes(lost, 1, over)).toBe(false)
    const back = synced(lost, 'calls', [...small, renewed, renewal], over + HOUR)
    expect(usageAt(back, over + HOUR)).toMatchObject({ used: 30, limit: 100, remaining: 70 })
  })

  it('takes no usage that belongs to the period before it', () => {
    const first = synced(null, 'calls', [...small, renewed, renewal], late)
    const ledger = used(first, 8, FEBRUARY - HOUR)
    expect(usageAt(ledger, late)).toMatchObject({ used: 0 })
    expect(usageAt(ledger, FEBRUARY - HOUR)).toMatchObject({ used: 8, limit: 100 })
  })

  it('ends where Stripe ends it: 31 January, 28 February, 31 March', () => {
    const start = Date.UTC(2026, 0, 31, 9) / 1000
    const end = Date.UTC(2026, 1, 28, 9) / 1000
    const lines = [lineOf('price_small', { periodStart: start, periodEnd: end })]
    const begun = [
      subscription({
        created: start,
        startDate: start,
        items: [itemOf('price_small', { created: start, periodStart: start, periodEnd: end })],
      }),
      bill('in_1', 'price_small', { created: start, lines }),
    ]
    const given = givenAt('calls', begun, end + HOUR, start + DAY)
    expect(spans(given)).toEqual([
      [`sub_1@${start}`, start, end],
      [`sub_1@${end}`, end, Date.UTC(2026, 2, 31, 9) / 1000],
    ])
  })

  it('is counted from the end of a trial, which is a period of its own', () => {
    const trialEnd = JANUARY + 14 * DAY
    const trial = subscription({
      status: 'trialing',
      trialStart: JANUARY,
      trialEnd,
      items: [itemOf('price_small', { periodEnd: trialEnd })],
    })
    const free = bill('in_1', 'price_small', {
      amountDue: 0,
      amountPaid: 0,
      total: 0,
      lines: [lineOf('price_small', { amount: 0, periodEnd: trialEnd })],
    })
    const tried = used(synced(null, 'calls', [trial, free], now), 40, now)
    expect(usageAt(tried, now)).toMatchObject({ used: 40, limit: 100, resetsAt: trialEnd })
    const given = givenAt('calls', [trial, free], trialEnd + 1800, trialEnd - HOUR)
    expect(spans(given)).toEqual([
      [`sub_1@${JANUARY}`, JANUARY, trialEnd],
      [`sub_1@${trialEnd}`, trialEnd, Date.UTC(2026, 1, 28, 10) / 1000],
    ])
  })
})

describe('a change of plan within a period', () => {
  const upgraded = [
    ...small,
    subscription({ items: [itemOf('price_large')], latestInvoice: 'in_2' }, now),
    bill('in_2', 'price_large', {
      billingReason: 'subscription_update',
      created: now,
      lines: [
        lineOf('price_small', { isProration: true, amount: -1900, periodStart: now }),
        lineOf('price_large', { isProration: true, amount: 5000, periodStart: now }),
      ],
    }),
  ]

  it('keeps what was used, and takes in what was beyond the old limit', () => {
    const full = used(synced(null, 'calls', small, now), 130, now)
    expect(usageAt(full, now)).toMatchObject({ used: 130, limit: 100, remaining: 0, over: 30 })
    const more = synced(full, 'calls', upgraded, now + HOUR)
    expect(usageAt(more, now + HOUR)).toMatchObject({
      used: 130,
      limit: 1000,
      remaining: 870,
      over: 0,
    })
  })

  it('to a smaller one leaves nothing, where more was used than it gives', () => {
    const busy = used(synced(null, 'calls', upgraded, now), 400, now)
    const less = synced(busy, 'calls', small, now + HOUR)
    expect(usageAt(less, now + HOUR)).toMatchObject({ used: 400, limit: 100, remaining: 0 })
    expect(consumes(less, 1, now + HOUR)).toBe(false)
  })

  it('by another item in its place is the same period', () => {
    const replaced = [
      ...small,
      subscription(
        {
          items: [itemOf('price_large', { id: 'si_2', created: now, periodStart: now })],
          latestInvoice: 'in_2',
        },
        now,
      ),
      bill('in_2', 'price_large', {
        billingReason: 'subscription_update',
        created: now,
        lines: [
          lineOf('price_large', {
            subscriptionItem: 'si_2',
            isProration: true,
            amount: 5000,
            periodStart: now,
          }),
        ],
      }),
    ]
    const busy = used(synced(null, 'calls', small, now), 90, now)
    const after = synced(busy, 'calls', replaced, now + HOUR)
    expect(usageAt(after, now + HOUR)).toMatchObject({ used: 90, limit: 1000 })
  })

  it('that begins a new period ends the old one there', () => {
    const end = Date.UTC(2026, 1, 20, 10) / 1000
    const reset = JANUARY + 5 * DAY
    const anew = [
      ...small,
      subscription(
        {
          items: [itemOf('price_large', { periodStart: reset, periodEnd: end })],
          latestInvoice: 'in_2',
        },
        reset,
      ),
      bill('in_2', 'price_large', {
        billingReason: 'subscription_update',
        created: reset,
        lines: [lineOf('price_large', { periodStart: reset, periodEnd: end, amount: 5000 })],
      }),
    ]
    const busy = used(synced(null, 'calls', small, now), 90, now)
    const after = synced(busy, 'calls', anew, reset + HOUR)
    expect(usageAt(after, reset + HOUR)).toMatchObject({ used: 0, limit: 1000 })
    expect(usageAt(after, reset - HOUR)).toMatchObject({ used: 90, limit: 100 })
    expect(synced(after, 'calls', anew, reset + HOUR)).toEqual(after)
  })

  it('of two items of one subscription makes one allowance of both', () => {
    const both = [
      subscription({ items: [itemOf('price_small'), itemOf('price_large', { id: 'si_2' })] }),
      bill('in_1', 'price_small', {
        lines: [
          lineOf('price_small'),
          lineOf('price_large', { id: 'il_2', subscriptionItem: 'si_2' }),
        ],
      }),
    ]
    expect(givenAt('calls', both, now)).toMatchObject([{ amount: 1100, overage: 'bill' }])
  })

  it('of items by the month and by the year keeps their periods apart', () => {
    const yearEnd = Date.UTC(2027, 0, 15, 10) / 1000
    const mixed = [
      subscription({
        items: [
          itemOf('price_small'),
          itemOf('price_large_yearly', { id: 'si_2', interval: 'year', periodEnd: yearEnd }),
        ],
      }),
      bill('in_1', 'price_small', {
        lines: [
          lineOf('price_small'),
          lineOf('price_large_yearly', {
            id: 'il_2',
            subscriptionItem: 'si_2',
            periodEnd: yearEnd,
          }),
        ],
      }),
    ]
    expect(givenAt('calls', mixed, now)).toMatchObject([
      { id: `sub_1/1year@${JANUARY}`, until: yearEnd, amount: 1000 },
      { id: `sub_1@${JANUARY}`, until: FEBRUARY, amount: 100 },
    ])
  })
})

describe('usage that nothing is given for', () => {
  it('is noted for its month, and is no debt of a plan bought later', () => {
    const before = used(EMPTY_LEDGER, 12, JANUARY - DAY)
    expect(usageAt(before, JANUARY - DAY)).toEqual({
      used: 12,
      limit: 0,
      remaining: 0,
      over: 12,
      isBilledBeyond: false,
      resetsAt: null,
    })
    const bought = synced(before, 'calls', small, now)
    expect(usageAt(bought, now)).toMatchObject({ used: 0, limit: 100, remaining: 100 })
  })

  it('may be used a moment before Stripe’s clock says it was bought', () => {
    const ledger = synced(null, 'calls', small, now)
    expect(consumes(ledger, 1, JANUARY - 10)).toBe(true)
    expect(consumes(ledger, 1, JANUARY - 600)).toBe(false)
  })

  it('is refused rather than counted wrongly beyond what a number holds', () => {
    const ledger = used(synced(null, 'calls', plan('price_endless'), now), 1, now)
    expect(consumes(ledger, Number.MAX_SAFE_INTEGER - 1, now)).toBe(true)
    expect(consumes(ledger, Number.MAX_SAFE_INTEGER, now)).toBe(false)
  })
})

describe('a Checkout whose subscription is not heard of yet', () => {
  const session = told('checkout_session', 'cs_1', {
    mode: 'subscription',
    subscription: 'sub_1',
    metadata: { customer_id: 'ada', proviso_product: 'small' },
  })

  it.each(['calls', 'credits'])('gives %s at once, and they are the same once it is', (feature) => {
    const soon = JANUARY + 600
    const early = used(synced(null, feature, [session], soon), 4, soon)
    expect(early.allowances).toMatchObject([{ spent: 4, over: 0 }])
    const started = JANUARY - 90
    const real = [
      session,
      subscription({
        created: started,
        startDate: started,
        items: [itemOf('price_small', { periodStart: started, periodEnd: FEBRUARY - 90 })],
      }),
      bill('in_1', 'price_small', {
        lines: [lineOf('price_small', { periodStart: started, periodEnd: FEBRUARY - 90 })],
      }),
    ]
    const heard = synced(early, feature, real, now)
    expect(heard.allowances).toMatchObject([{ spent: 4, from: started, until: FEBRUARY - 90 }])
  })
})

describe('on a Stripe test clock', () => {
  it('periods roll with that clock, not with ours', () => {
    const clocked = [
      told('subscription', 'sub_1', { items: [itemOf('price_small')], testClock: 'clock_1' }),
      bill('in_1', 'price_small'),
      told('test_clock', 'clock_1', { frozenTime: JANUARY + 3 * DAY }),
    ]
    const given = givenAt('calls', clocked, MARCH + 300 * DAY)
    expect(given).toMatchObject([{ id: `sub_1@${JANUARY}`, until: FEBRUARY, isVoid: false }])
  })
})
