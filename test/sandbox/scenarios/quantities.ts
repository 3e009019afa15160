import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at } from './stage.ts'
import { FIRST_RENEWAL, HOUR, latestInvoice, subscribe } from './subscriber.ts'

/** Half of the first period: 14 of its 28 days are left. */
const HALF_TIME = at('2026-02-14T09:00:00Z')

export const QUANTITIES: readonly Scenario[] = [
  {
    rows: [59],
    title: 'Seats are added and given back: the item counts them, and prorations pay for them',
    async play(stage) {
      const subscriber = await subscribe(stage)
      await stage.advanceTo(HALF_TIME)
      stage.mark()
      await stage.api.subscriptions.update(subscriber.subscription.id, {
        items: [{ id: subscriber.item, quantity: 3 }],
      })
      expect(stage.types()).toEqual([
        'invoiceitem.created',
        'invoiceitem.created',
        'customer.subscription.updated',
      ])
      const more = stage.only('customer.subscription.updated')
      expect(more.object).toMatchObject({
        status: 'active',
        items: { data: [{ id: subscriber.item, quantity: 3, current_period_end: FIRST_RENEWAL }] },
      })
      expect(more.object).not.toHaveProperty('quantity')
      expect(more.previous).toMatchObject({ items: { data: [{ quantity: 1 }] } })
      expect(
        stage
          .since('invoiceitem.created')
          .map(({ object }) => [object['amount'], object['quantity'], object['proration']]),
      ).toEqual([
        [-1_450, 1, true],
        [4_350, 3, true],
      ])

      stage.mark()
      await stage.api.subscriptionItems.update(subscriber.item, {
        quantity: 2,
        proration_behavior: 'none',
      })
      expect(stage.types()).toEqual(['customer.subscription.updated'])
      expect(stage.only('customer.subscription.updated')).toMatchObject({
        object: { items: { data: [{ quantity: 2 }] } },
        previous: { items: { data: [{ quantity: 3 }] } },
      })
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      expect((await latestInvoice(stage, subscriber)).amount_paid).toBe(5_800 + 4_350 - 1_450)
    },
  },
  {
    rows: [59],
    title: 'An older endpoint reads the seats of a single item from the subscription itself',
    async play(stage) {
      const subscriber = await subscribe(stage)
      await stage.api.subscriptions.update(subscriber.subscription.id, {
        items: [{ id: subscriber.item, quantity: 7 }],
      })
      const older = stage.sandbox.client({ apiVersion: '2024-06-20' })
      expect(await older.subscriptions.retrieve(subscriber.subscription.id)).toMatchObject({
        quantity: 7,
        current_period_end: FIRST_RENEWAL,
        items: { data: [{ quantity: 7 }] },
      })
    },
  },
]
