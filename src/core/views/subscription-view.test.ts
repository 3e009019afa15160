import { describe, expect, it } from 'vitest'
import { DAY, FEBRUARY, HOUR, item, JANUARY, MARCH, told } from '../../../test/support/told.ts'
import type { Snapshot, SubscriptionState } from '../fact.ts'
import { viewSubscription } from './subscription-view.ts'

const seen = (
  fields: Partial<SubscriptionState>,
  at = JANUARY,
  more: Partial<Snapshot<'subscription'>> = {},
) =>
  told('subscription', 'sub_1', fields, {
    at,
    observation: `evt_${String(at)}`,
    ...more,
  }) as Snapshot<'subscription'>
const view = (...snapshots: Snapshot<'subscription'>[]) => viewSubscription('sub_1', snapshots)

describe('a subscription that ended', () => {
  it.each([
    ['is canceled', { status: 'canceled' }, {}],
    ['is incomplete_expired', { status: 'incomplete_expired' }, {}],
    ['has an end', { status: 'active', endedAt: JANUARY }, {}],
    ['was deleted', { status: 'active' }, { eventType: 'customer.subscription.deleted' }],
  ])('because it %s never comes back, whatever is told later', (_, fields, more) => {
    const found = view(seen(fields, JANUARY, more), seen({ status: 'active' }, FEBRUARY))
    expect(found?.endedAt).toBe(JANUARY)
    expect(found?.evidence).toEqual([`evt_${String(JANUARY)}`])
    expect(found?.isAmbiguous).toBe(false)
  })

  it('ended when it says, else when it was canceled, else when that was heard, the earliest of all', () => {
    const at = (fields: Partial<SubscriptionState>) =>
      seen({ status: 'canceled', ...fields }, FEBRUARY)
    expect(view(at({ endedAt: JANUARY + 1, canceledAt: JANUARY }))?.endedAt).toBe(JANUARY + 1)
    expect(view(at({ canceledAt: JANUARY }))?.endedAt).toBe(JANUARY)
    expect(view(at({}))?.endedAt).toBe(FEBRUARY)
    expect(view(at({}), seen({ status: 'canceled' }, MARCH))?.endedAt).toBe(FEBRUARY)
  })

  it('has no end while it runs', () => {
    expect(view(seen({}))?.endedAt).toBeNull()
  })
})

describe('the status of a subscription', () => {
  it('is never incomplete again', () => {
    const found = view(seen({ status: 'active' }), seen({ status: 'incomplete' }, JANUARY + HOUR))
    expect(found?.state.status).toBe('active')
  })

  it('that no rule knows is left aside and named; the last known one stands', () => {
    const found = view(seen({ status: 'active' }), seen({ status: 'novel' }, FEBRUARY))
    expect(found).toMatchObject({ state: { status: 'active' }, unknownStatus: 'novel' })
    expect(view(seen({ status: 'novel' }))).toBeNull()
  })

  it('is dated by the latest read of the subscription, found or not', () => {
    const read = seen({ status: 'incomplete' }, FEBRUARY, { origin: 'read' })
    expect(view(seen({}), read)?.readAt).toBe(FEBRUARY)
    const missing = told('subscription', 'sub_1', null, { at: MARCH }) as Snapshot<'subscription'>
    expect(view(seen({}), read, missing)?.readAt).toBe(MARCH)
    expect(view(seen({}))?.readAt).toBeNull()
  })
})

describe('what a subscription’s snapshots tell beyond the latest', () => {
  it('are the lookup keys each of its prices was ever seen with', () => {
    const keyed = (price: string | null, lookupKey: string | null, at: number) =>
      seen({ items: [item({ price, lookupKey })] }, at)
    const found = view(
      keyed('price_1', 'pro', JANUARY),
      keyed('price_1', 'pro_2025', FEBRUARY),
      keyed('price_2', null, MARCH),
      keyed(null, 'lost', MARCH + DAY),
      keyed('price_1', 'pro', MARCH + 2 * DAY),
    )
    expect([...(found?.lookupKeys ?? [])]).toEqual([['price_1', ['pro', 'pro_2025']]])
  })

  it('is how far each item was served while Stripe named no invoice', () => {
    const metered = (
      periodEnd: number | null,
      more: Partial<SubscriptionState> = {},
      at = JANUARY,
    ) => seen({ items: [item({ isMetered: true, periodEnd })], latestInvoice: null, ...more }, at)
    const due = (...snapshots: Snapshot<'subscription'>[]) =>
      view(...snapshots)?.nothingDueUntil.get('si_1')

    expect(due(metered(FEBRUARY))).toBe(FEBRUARY)
    expect(due(metered(MARCH), metered(FEBRUARY, {}, MARCH))).toBe(MARCH)
    expect(due(metered(null))).toBeUndefined()
    expect(due(metered(FEBRUARY, { latestInvoice: 'in_1' }))).toBeUndefined()
    expect(due(metered(FEBRUARY, { status: 'past_due' }))).toBeUndefined()
    expect(due(metered(FEBRUARY, { hasMoreItems: true }))).toBeUndefined()
  })

  it('is nothing due for a plan that is free, and something for one that costs', () => {
    const plan = (unitAmount: number | null) =>
      view(seen({ latestInvoice: null, items: [item({ unitAmount })] }))?.nothingDueUntil.size
    expect(plan(0)).toBe(1)
    expect(plan(2000)).toBe(0)
    expect(plan(null)).toBe(0)
  })
})

describe('the pauses of a subscription’s collection', () => {
  const paused = { pauseCollection: { behavior: 'void', resumesAt: null } }
  const pauses = (...snapshots: Snapshot<'subscription'>[]) => view(...snapshots)?.collectionPauses

  it('run from when one is first seen to when it is first seen over', () => {
    expect(
      pauses(
        seen({}, JANUARY),
        seen(paused, JANUARY + DAY),
        seen(paused, JANUARY + 2 * DAY),
        seen({}, JANUARY + 3 * DAY),
        seen({}, JANUARY + 4 * DAY),
        seen(paused, FEBRUARY),
      ),
    ).toEqual([
      { from: JANUARY + DAY, to: JANUARY + 3 * DAY },
      { from: FEBRUARY, to: null },
    ])
  })

  it('are none where it never paused', () => {
    expect(pauses(seen({}))).toEqual([])
  })

  it('do not end in the second in which they began', () => {
    expect(pauses(seen(paused), seen({}, JANUARY, { observation: 'evt_other' }))).toEqual([
      { from: JANUARY, to: null },
    ])
  })

  it('are in the order of time, whatever order they came in', () => {
    expect(pauses(seen({}, FEBRUARY), seen(paused, JANUARY))).toEqual([
      { from: JANUARY, to: FEBRUARY },
    ])
  })
})
