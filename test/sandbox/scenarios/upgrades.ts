import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at } from './stage.ts'
import {
  failingSubscriber,
  FIRST_RENEWAL,
  HOUR,
  idOf,
  latestInvoice,
  read,
  SECOND_RENEWAL,
  subscribe,
} from './subscriber.ts'

/** Half of the first period, whose days are 28: a price of 2,900 has 1,450 left. */
const HALF_TIME = at('2026-02-14T09:00:00Z')

export const UPGRADES: readonly Scenario[] = [
  {
    rows: [53],
    title: 'An upgrade billed at once: items, invoice and payment come before the update',
    async play(stage) {
      const subscriber = await subscribe(stage)
      const big = await stage.price({ unit_amount: 5_800 })
      await stage.advanceTo(HALF_TIME)
      stage.mark()
      const changed = await stage.api.subscriptions.update(subscriber.subscription.id, {
        items: [{ id: subscriber.item, price: big.id }],
        proration_behavior: 'always_invoice',
      })
      const types = stage.types()
      const order = [
        'invoiceitem.created',
        'invoice.created',
        'invoice.finalized',
        'invoice.paid',
        'customer.subscription.updated',
      ]
      expect(types.filter((type) => order.includes(type))).toEqual([
        'invoiceitem.created',
        ...order,
      ])
      const [credit, debit] = stage.since('invoiceitem.created').map(({ object }) => object)
      expect(credit).toMatchObject({
        amount: -1_450,
        proration: true,
        period: { start: HALF_TIME, end: FIRST_RENEWAL },
      })
      expect(debit).toMatchObject({
        amount: 2_900,
        proration: true,
        period: { start: HALF_TIME, end: FIRST_RENEWAL },
      })
      const paid = stage.only('invoice.paid').object
      expect(paid).toMatchObject({
        billing_reason: 'subscription_update',
        amount_due: 1_450,
        amount_paid: 1_450,
        status: 'paid',
      })
      const updated = stage.only('customer.subscription.updated')
      expect(updated.object).toMatchObject({
        status: 'active',
        latest_invoice: paid['id'],
        items: {
          data: [{ id: subscriber.item, price: { id: big.id }, current_period_end: FIRST_RENEWAL }],
        },
      })
      // Arrays are given whole: the item as it was, price and all.
      expect(updated.previous).toMatchObject({
        latest_invoice: idOf(subscriber.subscription.latest_invoice),
        items: {
          data: [
            {
              id: subscriber.item,
              object: 'subscription_item',
              price: { id: subscriber.price.id, unit_amount: 2_900 },
              quantity: 1,
            },
          ],
        },
      })
      expect(changed.items.data[0]?.price.id).toBe(big.id)
    },
  },
  ...(['upgrade', 'downgrade'] as const).map((way): Scenario => {
    const amount = way === 'upgrade' ? 5_800 : 1_000
    return {
      rows: [54],
      title: `A prorated ${way} changes access now and money with the next cycle`,
      async play(stage) {
        const subscriber = await subscribe(stage)
        const other = await stage.price({ unit_amount: amount })
        await stage.advanceTo(HALF_TIME)
        stage.mark()
        await stage.api.subscriptions.update(subscriber.subscription.id, {
          items: [{ id: subscriber.item, price: other.id }],
          proration_behavior: 'create_prorations',
        })
        expect(stage.types()).toEqual([
          'invoiceitem.created',
          'invoiceitem.created',
          'customer.subscription.updated',
        ])
        expect(
          stage
            .since('invoiceitem.created')
            .map(({ object }) => [object['amount'], object['proration'], object['invoice']]),
        ).toEqual([
          [-1_450, true, null],
          [amount / 2, true, null],
        ])
        const updated = stage.only('customer.subscription.updated')
        expect(updated.object).toMatchObject({
          status: 'active',
          latest_invoice: idOf(subscriber.subscription.latest_invoice),
          items: { data: [{ price: { id: other.id }, current_period_end: FIRST_RENEWAL }] },
        })
        expect(Object.keys(updated.previous ?? {}).filter((key) => key === 'items')).toEqual([
          'items',
        ])

        stage.mark()
        await stage.advanceTo(FIRST_RENEWAL - 8 * 86_400)
        stage.none('invoice.created', 'charge.succeeded')
        await stage.advanceTo(FIRST_RENEWAL + HOUR)
        expect(stage.only('invoice.paid').object).toMatchObject({
          billing_reason: 'subscription_cycle',
          total: amount + amount / 2 - 1_450,
          amount_paid: amount + amount / 2 - 1_450,
        })
      },
    }
  }),
  {
    rows: [55],
    title: 'An upgrade that nobody pays for is applied all the same, and the subscription past due',
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      const big = await stage.price({ unit_amount: 5_800 })
      await stage.advanceTo(HALF_TIME)
      stage.mark()
      const changed = await stage.api.subscriptions.update(subscriber.subscription.id, {
        items: [{ id: subscriber.item, price: big.id }],
        proration_behavior: 'always_invoice',
      })
      expect(changed).toMatchObject({ status: 'past_due', pending_update: null })
      const failed = stage.only('invoice.payment_failed').object
      expect(failed).toMatchObject({
        status: 'open',
        billing_reason: 'subscription_update',
        amount_due: 1_450,
        amount_paid: 0,
      })
      stage.none('invoice.paid', 'customer.subscription.pending_update_applied')
      const updated = stage.only('customer.subscription.updated')
      expect(updated.object).toMatchObject({
        status: 'past_due',
        latest_invoice: failed['id'],
        items: { data: [{ price: { id: big.id }, current_period_end: FIRST_RENEWAL }] },
      })
      expect(updated.previous).toMatchObject({
        status: 'active',
        items: { data: [{ price: { id: subscriber.price.id } }] },
      })
      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      await stage.api.invoices.pay((await latestInvoice(stage, subscriber)).id)
      expect((await read(stage, subscriber)).status).toBe('active')
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      expect((await read(stage, subscriber)).items.data[0]?.current_period_end).toBe(SECOND_RENEWAL)
    },
  },
]
