import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import {
  FIRST_RENEWAL,
  HOUR,
  idOf,
  read,
  SECOND_RENEWAL,
  subscribe,
  THIRD_RENEWAL,
} from './subscriber.ts'

/** Everything that means money has been tried for. */
const MONEY = ['payment_intent.created', 'charge.succeeded', 'invoice.finalized', 'invoice.paid']

export const RENEWAL_PAID: readonly Scenario[] = [
  {
    rows: [40],
    title:
      'A renewal is announced a week before, shows its period at once and is paid an hour later',
    async play(stage) {
      const subscriber = await subscribe(stage)
      const { subscription } = subscriber

      await stage.advanceTo(FIRST_RENEWAL - 7 * 86_400)
      expect(stage.types()).toEqual(['invoice.upcoming'])
      const upcoming = stage.only('invoice.upcoming')
      expect(upcoming.object).not.toHaveProperty('id')
      expect(upcoming.object).toMatchObject({
        billing_reason: 'upcoming',
        amount_due: 2_900,
        period_end: FIRST_RENEWAL,
        next_payment_attempt: FIRST_RENEWAL + HOUR,
      })

      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL)
      expect(stage.types()).toEqual(['invoice.created', 'customer.subscription.updated'])
      const draft = stage.only('invoice.created').object
      expect(draft).toMatchObject({
        status: 'draft',
        billing_reason: 'subscription_cycle',
        amount_due: 2_900,
        amount_paid: 0,
        attempted: false,
        attempt_count: 0,
        automatically_finalizes_at: FIRST_RENEWAL + HOUR,
        lines: { data: [{ period: { start: FIRST_RENEWAL, end: SECOND_RENEWAL } }] },
      })
      const renewed = stage.only('customer.subscription.updated')
      expect(renewed.object).toMatchObject({
        status: 'active',
        latest_invoice: draft['id'],
        items: {
          data: [{ current_period_start: FIRST_RENEWAL, current_period_end: SECOND_RENEWAL }],
        },
      })
      expect(renewed.previous).toMatchObject({
        latest_invoice: idOf(subscription.latest_invoice),
        items: { data: [{ current_period_end: FIRST_RENEWAL }] },
      })
      expect(Object.keys(renewed.previous ?? {}).sort()).toEqual(['items', 'latest_invoice'])

      // The new period stands, and for the length of an hour nobody has tried to be paid for it.
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR - 1)
      stage.none(...MONEY)

      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      expect(stage.types().filter((type) => type !== 'customer.updated')).toEqual([
        'invoice.finalized',
        'payment_intent.created',
        'charge.succeeded',
        'payment_intent.succeeded',
        'invoice.updated',
        'invoice.paid',
        'invoice.payment_succeeded',
        'invoice_payment.paid',
      ])
      expect(stage.only('invoice.finalized').object).toMatchObject({
        id: draft['id'],
        status: 'open',
        amount_paid: 0,
      })
      expect(stage.only('invoice.paid').object).toMatchObject({
        id: draft['id'],
        status: 'paid',
        amount_paid: 2_900,
        amount_remaining: 0,
        attempt_count: 1,
        next_payment_attempt: null,
      })
      expect(stage.only('invoice_payment.paid').object).toMatchObject({
        invoice: draft['id'],
        status: 'paid',
        amount_paid: 2_900,
        is_default: true,
        payment: {
          type: 'payment_intent',
          payment_intent: stage.only('payment_intent.succeeded').object['id'],
        },
      })
      const { items, status } = await read(stage, subscriber)
      expect([status, items.data[0]?.current_period_end]).toEqual(['active', SECOND_RENEWAL])
    },
  },
  {
    rows: [40],
    title: 'A renewal by invoice sent to the customer is not announced, and not charged',
    async play(stage) {
      const subscriber = await subscribe(stage, {
        collection_method: 'send_invoice',
        days_until_due: 14,
      })
      // The first invoice goes out within the hour; what counts here is the renewal.
      await stage.advanceTo(FIRST_RENEWAL - 1)
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      const all = stage.sandbox.events().map(({ type }) => type)
      expect(all).not.toContain('invoice.upcoming')
      expect(stage.only('invoice.created').object).toMatchObject({
        billing_reason: 'subscription_cycle',
        collection_method: 'send_invoice',
      })
      expect(stage.only('invoice.sent').object).toMatchObject({
        status: 'open',
        amount_paid: 0,
        attempt_count: 0,
      })
      stage.none('charge.succeeded', 'charge.failed', 'invoice.paid')
      const { items } = await read(stage, subscriber)
      expect(items.data[0]?.current_period_end).toBe(SECOND_RENEWAL)
    },
  },
  {
    rows: [40],
    title: 'Renewals follow the anchor over months of every length',
    async play(stage) {
      const subscriber = await subscribe(stage)
      for (const end of [FIRST_RENEWAL, SECOND_RENEWAL, THIRD_RENEWAL]) {
        const { items } = await read(stage, subscriber)
        expect(items.data[0]?.current_period_end).toBe(end)
        await stage.advanceTo(end + HOUR)
      }
      expect(stage.since('invoice.paid').map(({ object }) => object['amount_paid'])).toEqual([
        2_900, 2_900, 2_900,
      ])
    },
  },
]
