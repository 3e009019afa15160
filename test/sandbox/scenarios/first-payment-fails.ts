import type Stripe from 'stripe'
import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at, START, type Stage } from './stage.ts'
import { HOUR, idOf } from './subscriber.ts'

const BEGAN = at(START)
const EXPIRES = BEGAN + 23 * HOUR

/** A subscription whose first payment was declined, its events left in `since()`. */
async function declined(stage: Stage): Promise<Stripe.Subscription> {
  const price = await stage.price()
  const customer = await stage.customer('pm_card_chargeCustomerFail')
  stage.mark()
  return stage.api.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_behavior: 'allow_incomplete',
  })
}

export const FIRST_PAYMENT_FAILS: readonly Scenario[] = [
  {
    rows: [50, 51],
    title: 'The first payment fails and nobody pays for 23 hours: incomplete, then expired',
    async play(stage) {
      const subscription = await declined(stage)
      const invoice = idOf(subscription.latest_invoice)
      const beside = ['customer.updated', 'invoice.updated']
      expect(
        stage
          .types()
          .filter((type) => !beside.includes(type))
          .sort(),
      ).toEqual([
        'charge.failed',
        'customer.subscription.created',
        'invoice.created',
        'invoice.finalized',
        'invoice.payment_failed',
        'payment_intent.created',
        'payment_intent.payment_failed',
      ])
      expect(stage.only('customer.subscription.created').object).toMatchObject({
        id: subscription.id,
        status: 'incomplete',
        latest_invoice: invoice,
        canceled_at: null,
      })
      expect(stage.only('invoice.finalized').object).toMatchObject({
        id: invoice,
        status: 'open',
        billing_reason: 'subscription_create',
        amount_due: 2_900,
      })
      // 23 hours to pay it, and no retry of Stripe's own among them.
      expect(stage.only('invoice.payment_failed').object).toMatchObject({
        id: invoice,
        status: 'open',
        attempt_count: 1,
        next_payment_attempt: null,
      })

      stage.mark()
      await stage.advanceTo(EXPIRES - 1)
      expect(stage.types()).toEqual([])
      await stage.advanceTo(EXPIRES)
      expect(stage.types()).toEqual([
        'customer.subscription.updated',
        'invoice.voided',
        'payment_intent.canceled',
      ])
      const expired = stage.only('customer.subscription.updated')
      expect(expired.object).toMatchObject({
        status: 'incomplete_expired',
        canceled_at: EXPIRES,
      })
      expect(expired.previous).toMatchObject({ status: 'incomplete', canceled_at: null })
      expect(stage.only('invoice.voided').object).toMatchObject({
        id: invoice,
        status: 'void',
        amount_paid: 0,
      })
      expect(stage.only('payment_intent.canceled').object).toMatchObject({
        status: 'canceled',
        cancellation_reason: 'void_invoice',
      })

      // Terminal: no later act of anyone brings it back.
      await expect(stage.api.invoices.pay(invoice)).rejects.toMatchObject({ statusCode: 400 })
      await expect(
        stage.api.subscriptions.update(subscription.id, { cancel_at_period_end: true }),
      ).rejects.toMatchObject({ statusCode: 400 })
      stage.mark()
      await stage.advance({ days: 60 })
      expect(stage.types()).toEqual([])
      expect((await stage.api.subscriptions.retrieve(subscription.id)).status).toBe(
        'incomplete_expired',
      )
    },
  },
  {
    rows: [50],
    title: 'A first payment made good within its 23 hours begins the subscription',
    async play(stage) {
      const subscription = await declined(stage)
      await stage.advanceTo(EXPIRES - 60)
      await stage.changeCard(idOf(subscription.customer), 'pm_card_visa')
      stage.mark()
      await stage.api.invoices.pay(idOf(subscription.latest_invoice))
      const begun = stage.only('customer.subscription.updated')
      expect(begun.object).toMatchObject({ status: 'active', start_date: BEGAN })
      expect(begun.previous).toEqual({ status: 'incomplete' })
      await stage.advance({ days: 2 })
      stage.none('invoice.voided', 'customer.subscription.deleted')
      expect((await stage.api.subscriptions.retrieve(subscription.id)).status).toBe('active')
    },
  },
  {
    rows: [52],
    title: 'Canceling an incomplete subscription expires it: an update, not a deletion',
    async play(stage) {
      const subscription = await declined(stage)
      await stage.advance({ seconds: 71 })
      stage.mark()
      const gone = await stage.api.subscriptions.cancel(subscription.id)
      expect(gone).toMatchObject({
        status: 'incomplete_expired',
        created: BEGAN,
        canceled_at: BEGAN + 71,
      })
      expect(stage.types()).toEqual([
        'customer.subscription.updated',
        'invoice.voided',
        'payment_intent.canceled',
      ])
      const expired = stage.only('customer.subscription.updated')
      expect(expired.object).toMatchObject({ status: 'incomplete_expired' })
      expect(expired.previous).toMatchObject({ status: 'incomplete', canceled_at: null })
      stage.mark()
      await stage.advance({ days: 2 })
      expect(stage.types()).toEqual([])
    },
  },
]
