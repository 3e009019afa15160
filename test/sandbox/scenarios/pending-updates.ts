import { expect } from 'vitest'
import { ASKED, LIFETIME, pendingUpgrade } from './pending-upgrade.ts'
import type { Scenario } from './scenario.ts'
import { FIRST_RENEWAL, HOUR, idOf, latestInvoice, read } from './subscriber.ts'

export const PENDING_UPDATES: readonly Scenario[] = [
  {
    rows: [56, 57],
    title: 'An upgrade waits for its payment with the old items in force, and is applied once paid',
    async play(stage) {
      const subscriber = await pendingUpgrade(stage)
      const { big, price, item, subscription } = subscriber
      const failed = stage.only('invoice.payment_failed').object
      expect(failed).toMatchObject({
        status: 'open',
        billing_reason: 'subscription_update',
        amount_due: 1_450,
      })
      const held = stage.only('customer.subscription.updated')
      expect(held.object).toMatchObject({
        status: 'active',
        latest_invoice: failed['id'],
        pending_update: {
          expires_at: ASKED + LIFETIME,
          subscription_items: [{ id: item, price: { id: big.id } }],
        },
        items: { data: [{ id: item, price: { id: price.id } }] },
      })
      expect(held.previous).toEqual({
        latest_invoice: idOf(subscription.latest_invoice),
        pending_update: null,
      })

      await stage.advance({ hours: 22 })
      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      stage.mark()
      await stage.api.invoices.pay(failed['id'] as string)
      const order = [
        'invoice.paid',
        'customer.subscription.pending_update_applied',
        'customer.subscription.updated',
      ]
      expect(stage.types().filter((type) => order.includes(type))).toEqual(order)
      expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 1_450 })
      const applied = { pending_update: null, items: { data: [{ price: { id: big.id } }] } }
      expect(stage.only('customer.subscription.pending_update_applied')).toMatchObject({
        object: { status: 'active', ...applied },
        previous: undefined,
      })
      expect(stage.only('customer.subscription.updated')).toMatchObject({
        object: { status: 'active', ...applied },
        previous: {
          pending_update: { expires_at: ASKED + LIFETIME },
          items: { data: [{ price: { id: price.id } }] },
        },
      })

      // Nothing is left to expire, and the next cycle bills the new price alone.
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      stage.none('customer.subscription.pending_update_expired', 'invoice.voided')
      expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 5_800 })
    },
  },
  {
    rows: [56],
    title: 'A pending update lives no longer than the period in which it was asked for',
    async play(stage) {
      const subscriber = await pendingUpgrade(stage, FIRST_RENEWAL - 20 * HOUR)
      expect((await read(stage, subscriber)).pending_update?.expires_at).toBe(FIRST_RENEWAL)
      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL)
      const types = stage.types()
      expect(types).toContain('customer.subscription.pending_update_expired')
      expect(types.indexOf('customer.subscription.pending_update_expired')).toBeLessThan(
        types.indexOf('invoice.created'),
      )
      // The new cycle is one of the old price.
      expect((await latestInvoice(stage, subscriber)).amount_due).toBe(2_900)
    },
  },
]
