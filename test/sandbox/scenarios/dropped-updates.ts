import { expect } from 'vitest'
import { ASKED, LIFETIME, pendingUpgrade, type Pending } from './pending-upgrade.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'
import { failingSubscriber, FIRST_RENEWAL, HOUR, latestInvoice, read } from './subscriber.ts'

/** The update was dropped: told so, then told as a change, and the items are the old ones. */
function expectDropped(stage: Stage, { price, big }: Pending): void {
  const dropped = stage.only('customer.subscription.pending_update_expired')
  expect(dropped.object).toMatchObject({ pending_update: null })
  const updated = stage.last('customer.subscription.updated')
  expect(updated.object).toMatchObject({
    status: 'active',
    pending_update: null,
    items: { data: [{ price: { id: price.id } }] },
  })
  expect(JSON.stringify(updated.object)).not.toContain(big.id)
  stage.none('customer.subscription.pending_update_applied', 'invoice.paid')
}

export const DROPPED_UPDATES: readonly Scenario[] = [
  {
    rows: [58],
    title: 'A pending update nobody pays for expires: invoice void, the subscription as it was',
    async play(stage) {
      const subscriber = await pendingUpgrade(stage)
      const { id: asked } = await latestInvoice(stage, subscriber)
      stage.mark()
      await stage.advanceTo(ASKED + LIFETIME - 1)
      stage.none('customer.subscription.updated', 'invoice.voided')
      await stage.advanceTo(ASKED + LIFETIME)
      expect(
        stage
          .types()
          .filter((type) => /^(invoice|customer\.subscription|payment_intent)\./u.test(type))
          .sort(),
      ).toEqual([
        'customer.subscription.pending_update_expired',
        'customer.subscription.updated',
        'invoice.voided',
        'payment_intent.canceled',
      ])
      expectDropped(stage, subscriber)
      expect(stage.only('customer.subscription.updated').previous).toMatchObject({
        pending_update: { expires_at: ASKED + LIFETIME },
      })
      expect(stage.only('invoice.voided').object).toMatchObject({ id: asked, status: 'void' })

      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    },
  },
  {
    rows: [58],
    title: 'Voiding the invoice of a pending update drops the update',
    async play(stage) {
      const subscriber = await pendingUpgrade(stage)
      const { id } = await latestInvoice(stage, subscriber)
      stage.mark()
      await stage.api.invoices.voidInvoice(id)
      expectDropped(stage, subscriber)
      expect(stage.only('invoice.voided').object).toMatchObject({ id, amount_paid: 0 })
    },
  },
  {
    rows: [58],
    title: 'A schedule that changes its phase drops a pending update and voids its invoice',
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      const big = await stage.price({ unit_amount: 5_800 })
      const { id } = await stage.api.subscriptionSchedules.create({
        from_subscription: subscriber.subscription.id,
      })
      const phase = ASKED + 5 * HOUR
      await stage.api.subscriptionSchedules.update(id, {
        proration_behavior: 'none',
        phases: [
          {
            start_date: subscriber.subscription.start_date,
            end_date: phase,
            items: [{ price: subscriber.price.id }],
          },
          { items: [{ price: subscriber.price.id }], metadata: { phase: 'second' } },
        ],
      })
      await stage.advanceTo(ASKED)
      await stage.api.subscriptions.update(subscriber.subscription.id, {
        items: [{ id: subscriber.item, price: big.id }],
        proration_behavior: 'always_invoice',
        payment_behavior: 'pending_if_incomplete',
      })
      const { id: asked } = await latestInvoice(stage, subscriber)
      expect((await read(stage, subscriber)).pending_update).not.toBeNull()
      stage.mark()
      await stage.advanceTo(phase)
      expectDropped(stage, { ...subscriber, big })
      expect(stage.only('invoice.voided').object).toMatchObject({ id: asked, status: 'void' })
      expect((await read(stage, subscriber)).metadata).toEqual({ phase: 'second' })
    },
  },
]
