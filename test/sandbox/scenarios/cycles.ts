import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at, START } from './stage.ts'
import { FIRST_RENEWAL, HOUR, read, subscribe } from './subscriber.ts'

/** Half of the first period: 14 of its 28 days are left. */
const HALF_TIME = at('2026-02-14T09:00:00Z')
const BEGAN = at(START)
const YEAR_LATER = at('2027-01-31T09:00:00Z')

export const CYCLES: readonly Scenario[] = [
  {
    rows: [60],
    title: 'Classic billing starts a new cycle when the interval changes, and bills it at once',
    async play(stage) {
      const subscriber = await subscribe(stage, { billing_mode: { type: 'classic' } })
      const yearly = await stage.price({ unit_amount: 29_000, recurring: { interval: 'year' } })
      await stage.advanceTo(HALF_TIME)
      stage.mark()
      await stage.api.subscriptions.update(subscriber.subscription.id, {
        items: [{ id: subscriber.item, price: yearly.id }],
      })
      const moved = stage.only('customer.subscription.updated')
      expect(moved.object).toMatchObject({
        billing_cycle_anchor: HALF_TIME,
        items: {
          data: [
            {
              current_period_start: HALF_TIME,
              current_period_end: at('2027-02-14T09:00:00Z'),
            },
          ],
        },
      })
      expect(moved.previous).toMatchObject({
        billing_cycle_anchor: BEGAN,
        items: { data: [{ current_period_start: BEGAN, current_period_end: FIRST_RENEWAL }] },
      })
      expect(stage.only('invoice.paid').object).toMatchObject({
        billing_reason: 'subscription_update',
        amount_paid: 29_000 - 1_450,
      })
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      stage.none('invoice.created')
    },
  },
  {
    rows: [60],
    title: 'From yearly to monthly in classic billing the end of the period moves backwards',
    async play(stage) {
      const yearly = await stage.price({ unit_amount: 36_500, recurring: { interval: 'year' } })
      const monthly = await stage.price()
      const customer = await stage.customer()
      const { id, items } = await stage.api.subscriptions.create({
        customer: customer.id,
        items: [{ price: yearly.id }],
        billing_mode: { type: 'classic' },
      })
      await stage.advanceTo(HALF_TIME)
      stage.mark()
      await stage.api.subscriptions.update(id, {
        items: [{ id: items.data[0]?.id ?? '', price: monthly.id }],
      })
      const moved = stage.only('customer.subscription.updated')
      expect(moved).toMatchObject({
        object: {
          billing_cycle_anchor: HALF_TIME,
          items: { data: [{ current_period_end: at('2026-03-14T09:00:00Z') }] },
        },
        previous: { items: { data: [{ current_period_end: YEAR_LATER }] } },
      })
      // 351 of 365 days come back, and are the customer's credit from now on.
      expect(stage.only('invoice.paid').object).toMatchObject({
        total: 2_900 - 35_100,
        amount_paid: 0,
      })
      expect(stage.last('customer.updated').object).toMatchObject({ balance: 2_900 - 35_100 })
    },
  },
  {
    rows: [60],
    title: 'Flexible billing keeps its anchor when the interval changes, unless told to move it',
    async play(stage) {
      const subscriber = await subscribe(stage, { billing_mode: { type: 'flexible' } })
      const yearly = await stage.price({ unit_amount: 29_000, recurring: { interval: 'year' } })
      await stage.advanceTo(HALF_TIME)
      stage.mark()
      await stage.api.subscriptions.update(subscriber.subscription.id, {
        items: [{ id: subscriber.item, price: yearly.id }],
      })
      const kept = stage.only('customer.subscription.updated')
      expect(kept.object).toMatchObject({
        billing_cycle_anchor: BEGAN,
        items: { data: [{ current_period_end: YEAR_LATER }] },
      })
      expect(kept.previous).not.toHaveProperty('billing_cycle_anchor')
      stage.none('invoice.created')

      // Back to months: the end of the period comes back too.
      stage.mark()
      await stage.api.subscriptions.update(subscriber.subscription.id, {
        items: [{ id: subscriber.item, price: subscriber.price.id }],
      })
      expect(stage.only('customer.subscription.updated')).toMatchObject({
        object: { items: { data: [{ current_period_end: FIRST_RENEWAL }] } },
        previous: { items: { data: [{ current_period_end: YEAR_LATER }] } },
      })

      stage.mark()
      await stage.api.subscriptions.update(subscriber.subscription.id, {
        billing_cycle_anchor: { type: 'now' },
      })
      expect(stage.only('customer.subscription.updated')).toMatchObject({
        object: {
          billing_cycle_anchor: HALF_TIME,
          items: { data: [{ current_period_end: at('2026-03-14T09:00:00Z') }] },
        },
        previous: { billing_cycle_anchor: BEGAN },
      })
      expect(stage.only('invoice.paid').object).toMatchObject({
        billing_reason: 'subscription_update',
        amount_paid: 2_900 - 1_450,
      })
    },
  },
  ...(['classic', 'flexible'] as const).map((mode): Scenario => {
    const resets = mode === 'classic'
    return {
      rows: [60],
      title: `From a free price to one that costs, ${mode} billing ${resets ? 'starts a new' : 'keeps its'} cycle`,
      async play(stage) {
        const free = await stage.price({ unit_amount: 0 })
        const subscriber = await subscribe(stage, {
          items: [{ price: free.id }],
          billing_mode: { type: mode },
        })
        await stage.advanceTo(HALF_TIME)
        stage.mark()
        await stage.api.subscriptions.update(subscriber.subscription.id, {
          items: [{ id: subscriber.item, price: subscriber.price.id }],
        })
        const { billing_cycle_anchor: anchor, items } = await read(stage, subscriber)
        expect([anchor, items.data[0]?.current_period_end]).toEqual(
          resets ? [HALF_TIME, at('2026-03-14T09:00:00Z')] : [BEGAN, FIRST_RENEWAL],
        )
        if (resets) expect(stage.only('invoice.paid').object['amount_paid']).toBe(2_900)
        else {
          stage.none('invoice.created')
          expect(stage.last('invoiceitem.created').object['amount']).toBe(1_450)
        }
      },
    }
  }),
  ...(['classic', 'flexible'] as const).map((mode): Scenario => {
    const end = at('2026-02-21T09:00:00Z')
    return {
      rows: [60],
      title: `cancel_at within the period ends it there; ${mode} billing ${mode === 'classic' ? 'moves' : 'keeps'} its anchor`,
      async play(stage) {
        const subscriber = await subscribe(stage, { billing_mode: { type: mode } })
        await stage.advanceTo(HALF_TIME)
        stage.mark()
        await stage.api.subscriptions.update(subscriber.subscription.id, { cancel_at: end })
        const cut = stage.only('customer.subscription.updated')
        expect(cut.object).toMatchObject({
          status: 'active',
          cancel_at: end,
          billing_cycle_anchor: mode === 'classic' ? end : BEGAN,
          items: { data: [{ current_period_start: BEGAN, current_period_end: end }] },
        })
        expect(cut.previous).toMatchObject({
          cancel_at: null,
          items: { data: [{ current_period_end: FIRST_RENEWAL }] },
          ...(mode === 'classic' ? { billing_cycle_anchor: BEGAN } : {}),
        })
        expect(stage.only('invoiceitem.created').object).toMatchObject({
          amount: -725,
          period: { start: end, end: FIRST_RENEWAL },
        })
      },
    }
  }),
]
