import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import {
  DAY,
  failingSubscriber,
  FIRST_RENEWAL,
  HOUR,
  latestInvoice,
  read,
  SECOND_RENEWAL,
} from './subscriber.ts'

export const RENEWAL_FAILS: readonly Scenario[] = [
  {
    rows: [41, 42],
    title: 'A renewal is declined and retried: past due at the first failure, counted at each',
    settings: { retryDays: [3, 5] },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await stage.advanceTo(FIRST_RENEWAL + HOUR - 1)
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      expect(stage.types().filter((type) => type !== 'customer.updated')).toEqual([
        'invoice.finalized',
        'payment_intent.created',
        'charge.failed',
        'payment_intent.payment_failed',
        'invoice.payment_failed',
        'invoice.updated',
        'customer.subscription.updated',
      ])
      expect(stage.only('charge.failed').object).toMatchObject({
        status: 'failed',
        paid: false,
        failure_code: 'card_declined',
      })
      expect(stage.only('payment_intent.payment_failed').object).toMatchObject({
        status: 'requires_payment_method',
        amount: 2_900,
        amount_received: 0,
        last_payment_error: { code: 'card_declined' },
      })
      const failed = stage.only('invoice.payment_failed')
      expect(failed.object).toMatchObject({
        status: 'open',
        attempted: true,
        attempt_count: 1,
        next_payment_attempt: FIRST_RENEWAL + HOUR + 3 * DAY,
        amount_paid: 0,
        amount_remaining: 2_900,
        billing_reason: 'subscription_cycle',
      })
      expect(failed.previous).toBeUndefined()
      expect(stage.only('invoice.updated').previous).toMatchObject({
        attempted: false,
        attempt_count: 0,
        next_payment_attempt: null,
      })
      const pastDue = stage.only('customer.subscription.updated')
      expect(pastDue.object).toMatchObject({
        status: 'past_due',
        ended_at: null,
        items: { data: [{ current_period_end: SECOND_RENEWAL }] },
      })
      expect(pastDue.previous).toEqual({ status: 'active' })

      // An attempt by hand in between fails too, and counts for nothing.
      stage.mark()
      await stage.advance({ days: 1 })
      const { id } = await latestInvoice(stage, subscriber)
      await expect(stage.api.invoices.pay(id)).rejects.toMatchObject({
        type: 'StripeCardError',
        statusCode: 402,
        code: 'card_declined',
      })
      expect(stage.only('invoice.payment_failed').object).toMatchObject({
        attempt_count: 1,
        next_payment_attempt: FIRST_RENEWAL + HOUR + 3 * DAY,
      })
      stage.none('customer.subscription.updated')

      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR + 3 * DAY)
      expect(stage.types()).toEqual([
        'charge.failed',
        'payment_intent.payment_failed',
        'invoice.payment_failed',
        'invoice.updated',
      ])
      expect(stage.only('invoice.payment_failed').object).toMatchObject({
        id,
        attempt_count: 2,
        next_payment_attempt: FIRST_RENEWAL + HOUR + 5 * DAY,
      })
      expect(stage.only('invoice.updated').previous).toEqual({
        attempt_count: 1,
        next_payment_attempt: FIRST_RENEWAL + HOUR + 3 * DAY,
      })
      expect((await read(stage, subscriber)).status).toBe('past_due')
    },
  },
  {
    rows: [42],
    title: 'After a decline for good the retries go on in name, and run once there is another card',
    settings: { retryDays: [3, 5, 7] },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await stage.changeCard(subscriber.customer, 'pm_card_visa_chargeCustomerFailStolenCard')
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      expect(stage.only('charge.failed').object).toMatchObject({
        outcome: { reason: 'stolen_card' },
      })
      stage.mark()
      await stage.advance({ days: 3 })
      stage.none('charge.failed', 'payment_intent.payment_failed', 'invoice.payment_failed')
      const { id, ...skipped } = await latestInvoice(stage, subscriber)
      expect(skipped).toMatchObject({
        status: 'open',
        attempt_count: 2,
        next_payment_attempt: FIRST_RENEWAL + HOUR + 5 * DAY,
      })
      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      stage.mark()
      await stage.advance({ days: 2 })
      expect(stage.only('invoice.paid').object).toMatchObject({ id, attempt_count: 3 })
      expect((await read(stage, subscriber)).status).toBe('active')
    },
  },
]
