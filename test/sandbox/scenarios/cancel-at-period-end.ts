import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at, type Stage } from './stage.ts'
import {
  FIRST_RENEWAL,
  HOUR,
  read,
  SECOND_RENEWAL,
  subscribe,
  type Subscriber,
} from './subscriber.ts'

const ASKED = at('2026-02-14T09:00:00Z')
const YEAR_LATER = at('2027-01-31T09:00:00Z')

/** Presses a button of the customer portal. */
async function press(stage: Stage, { customer, subscription }: Subscriber, act: string) {
  const { url } = await stage.api.billingPortal.sessions.create({ customer })
  const answer = await stage.sandbox.fetch(
    new Request(url, {
      method: 'POST',
      body: new URLSearchParams({ act, subscription: subscription.id }),
    }),
  )
  expect(answer.status).toBe(303)
}

export const CANCEL_AT_PERIOD_END: readonly Scenario[] = [
  {
    rows: [61, 62],
    title: 'Classic billing cancels by cancel_at_period_end, whose cancel_at follows the period',
    async play(stage) {
      const subscriber = await subscribe(stage, { billing_mode: { type: 'classic' } })
      const { id } = subscriber.subscription
      await stage.advanceTo(ASKED)
      stage.mark()
      await stage.api.subscriptions.update(id, { cancel_at_period_end: true })
      expect(stage.types()).toEqual(['customer.subscription.updated'])
      const asked = stage.only('customer.subscription.updated')
      expect(asked.object).toMatchObject({
        status: 'active',
        cancel_at_period_end: true,
        cancel_at: FIRST_RENEWAL,
        canceled_at: ASKED,
        ended_at: null,
        cancellation_details: { reason: 'cancellation_requested' },
      })
      expect(asked.previous).toMatchObject({
        cancel_at_period_end: false,
        cancel_at: null,
        canceled_at: null,
      })
      expect(asked.previous).not.toHaveProperty('status')

      // The period gets another end, and the cancellation goes there with it.
      const yearly = await stage.price({ unit_amount: 29_000, recurring: { interval: 'year' } })
      await stage.advance({ hours: 1 })
      await stage.api.subscriptions.update(id, {
        items: [{ id: subscriber.item, price: yearly.id }],
      })
      const { items, ...moved } = await read(stage, subscriber)
      expect(items.data[0]?.current_period_end).toBe(at('2027-02-14T10:00:00Z'))
      expect(moved).toMatchObject({
        cancel_at_period_end: true,
        cancel_at: at('2027-02-14T10:00:00Z'),
        canceled_at: ASKED,
      })

      stage.mark()
      await stage.api.subscriptions.update(id, { cancel_at_period_end: false })
      const undone = stage.only('customer.subscription.updated')
      expect(undone.object).toMatchObject({
        status: 'active',
        cancel_at_period_end: false,
        cancel_at: null,
        canceled_at: null,
      })
      expect(undone.previous).toMatchObject({
        cancel_at_period_end: true,
        cancel_at: at('2027-02-14T10:00:00Z'),
        canceled_at: ASKED,
      })
    },
  },
  {
    rows: [61, 62],
    title: 'The portal cancels flexible billing by cancel_at alone, and takes it back',
    async play(stage) {
      const subscriber = await subscribe(stage, { billing_mode: { type: 'flexible' } })
      await stage.advanceTo(ASKED)
      stage.mark()
      await press(stage, subscriber, 'cancel')
      const asked = stage.only('customer.subscription.updated')
      expect(asked.object).toMatchObject({
        status: 'active',
        cancel_at_period_end: false,
        cancel_at: FIRST_RENEWAL,
        canceled_at: ASKED,
        ended_at: null,
      })
      expect(asked.previous).toMatchObject({ cancel_at: null, canceled_at: null })
      expect(asked.previous).not.toHaveProperty('cancel_at_period_end')
      expect(asked.previous).not.toHaveProperty('status')
      stage.none('customer.subscription.deleted')

      stage.mark()
      await stage.advance({ hours: 1 })
      await press(stage, subscriber, 'keep')
      const undone = stage.only('customer.subscription.updated')
      expect(undone.object).toMatchObject({
        status: 'active',
        cancel_at_period_end: false,
        cancel_at: null,
        canceled_at: null,
      })
      expect(undone.previous).toMatchObject({ cancel_at: FIRST_RENEWAL, canceled_at: ASKED })

      // It renews as if nothing had been asked.
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      stage.none('customer.subscription.deleted')
      expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
      expect((await read(stage, subscriber)).items.data[0]?.current_period_end).toBe(SECOND_RENEWAL)
    },
  },
  {
    rows: [61],
    title: 'With items of several intervals the portal cancels at the latest end, and stays there',
    async play(stage) {
      const month = await stage.price()
      const year = await stage.price({ unit_amount: 29_000, recurring: { interval: 'year' } })
      const subscriber = await subscribe(stage, {
        items: [{ price: month.id }, { price: year.id }],
        billing_mode: { type: 'flexible' },
      })
      await stage.advanceTo(ASKED)
      await press(stage, subscriber, 'cancel')
      expect(await read(stage, subscriber)).toMatchObject({
        status: 'active',
        cancel_at_period_end: false,
        cancel_at: YEAR_LATER,
        canceled_at: ASKED,
      })
      // The monthly item renews meanwhile, and the end that was asked for does not move.
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      const renewed = await read(stage, subscriber)
      expect(renewed.items.data.map((item) => item.current_period_end)).toEqual([
        SECOND_RENEWAL,
        YEAR_LATER,
      ])
      expect(renewed).toMatchObject({ cancel_at: YEAR_LATER, canceled_at: ASKED })
    },
  },
  {
    rows: [61],
    title: 'cancel_at of flexible billing does not follow a period that gets another end',
    async play(stage) {
      const subscriber = await subscribe(stage, { billing_mode: { type: 'flexible' } })
      const { id } = subscriber.subscription
      await stage.advanceTo(ASKED)
      await stage.api.subscriptions.update(id, { cancel_at: 'max_period_end' })
      const yearly = await stage.price({ unit_amount: 29_000, recurring: { interval: 'year' } })
      await stage.api.subscriptions.update(id, {
        items: [{ id: subscriber.item, price: yearly.id }],
        proration_behavior: 'none',
      })
      expect(await read(stage, subscriber)).toMatchObject({
        cancel_at: FIRST_RENEWAL,
        cancel_at_period_end: false,
      })
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL)
      expect(stage.only('customer.subscription.deleted').object).toMatchObject({
        status: 'canceled',
        ended_at: FIRST_RENEWAL,
        canceled_at: ASKED,
      })
    },
  },
]
