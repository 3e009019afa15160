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
  subscribe,
} from './subscriber.ts'

export const RECOVERY: readonly Scenario[] = [
  {
    rows: [45],
    title: 'A past-due subscription is active again once its latest invoice is paid',
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      expect((await read(stage, subscriber)).status).toBe('past_due')
      const { id } = await latestInvoice(stage, subscriber)
      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      stage.mark()
      await stage.api.invoices.pay(id)
      expect(stage.types().filter((type) => type !== 'customer.updated')).toEqual([
        'charge.succeeded',
        'payment_intent.succeeded',
        'invoice.updated',
        'invoice.paid',
        'invoice.payment_succeeded',
        'invoice_payment.paid',
        'customer.subscription.updated',
      ])
      expect(stage.only('invoice.paid').object).toMatchObject({
        id,
        amount_paid: 2_900,
        next_payment_attempt: null,
      })
      const active = stage.only('customer.subscription.updated')
      expect(active.object).toMatchObject({
        status: 'active',
        latest_invoice: id,
        items: { data: [{ current_period_end: SECOND_RENEWAL }] },
      })
      expect(active.previous).toEqual({ status: 'past_due' })
      // The retries that were planned are off.
      stage.mark()
      await stage.advanceTo(SECOND_RENEWAL - 8 * DAY)
      expect(stage.types()).toEqual([])
    },
  },
  {
    rows: [45],
    title: 'Marking the latest invoice uncollectible makes a past-due subscription active, unpaid',
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      const { id } = await latestInvoice(stage, subscriber)
      stage.mark()
      await stage.api.invoices.markUncollectible(id)
      const given = stage.only('invoice.marked_uncollectible').object
      expect(given).toMatchObject({ id, status: 'uncollectible', amount_paid: 0 })
      const active = stage.only('customer.subscription.updated')
      expect(active.object).toMatchObject({ status: 'active' })
      expect(active.previous).toEqual({ status: 'past_due' })
      stage.none('invoice.paid')
    },
  },
  {
    rows: [45],
    title: 'A sent invoice paid after its due date brings the subscription back all the same',
    async play(stage) {
      const subscriber = await subscribe(stage, {
        collection_method: 'send_invoice',
        days_until_due: 5,
      })
      await stage.advance({ hours: 1 })
      const { id, due_date: due } = await latestInvoice(stage, subscriber)
      stage.mark()
      await stage.advanceTo((due ?? 0) + DAY)
      expect(stage.only('invoice.overdue').object).toMatchObject({ id, status: 'open' })
      expect(stage.only('customer.subscription.updated').object).toMatchObject({
        status: 'past_due',
      })
      stage.mark()
      await stage.api.invoices.pay(id, { paid_out_of_band: true })
      const active = stage.only('customer.subscription.updated')
      expect(active.object).toMatchObject({ status: 'active' })
      expect(active.previous).toEqual({ status: 'past_due' })
      const types = stage.types()
      expect(types.indexOf('invoice.paid')).toBeLessThan(
        types.indexOf('customer.subscription.updated'),
      )
    },
  },
  {
    rows: [46],
    title: 'While unpaid new invoices stay drafts, and only paying the newest brings it back',
    settings: { retryDays: [2], afterRetries: 'unpaid' },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await stage.advanceTo(FIRST_RENEWAL + HOUR + 2 * DAY)
      const { id: older } = await latestInvoice(stage, subscriber)
      expect((await read(stage, subscriber)).status).toBe('unpaid')
      stage.mark()
      await stage.advanceTo(SECOND_RENEWAL + 5 * DAY)
      stage.none('invoice.finalized', 'charge.failed', 'invoice.payment_failed')
      const newest = stage.only('invoice.created').object
      expect(newest).toMatchObject({ status: 'draft', auto_advance: false, amount_due: 2_900 })
      expect(await latestInvoice(stage, subscriber)).toMatchObject({
        id: newest['id'],
        status: 'draft',
      })

      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      stage.mark()
      await stage.api.invoices.pay(older)
      expect(stage.only('invoice.paid').object).toMatchObject({ id: older, amount_paid: 2_900 })
      stage.none('customer.subscription.updated')
      expect((await read(stage, subscriber)).status).toBe('unpaid')

      stage.mark()
      await stage.api.invoices.pay(newest['id'] as string)
      expect(stage.only('invoice.paid').object).toMatchObject({ id: newest['id'] })
      const active = stage.only('customer.subscription.updated')
      expect(active.object).toMatchObject({ status: 'active', latest_invoice: newest['id'] })
      expect(active.previous).toEqual({ status: 'unpaid' })
    },
  },
  {
    rows: [46],
    title: 'A void invoice does not count: with the newest voided, the one before it decides',
    settings: { retryDays: [2], afterRetries: 'unpaid' },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await stage.advanceTo(FIRST_RENEWAL + HOUR + 2 * DAY)
      const { id: older } = await latestInvoice(stage, subscriber)
      await stage.advanceTo(SECOND_RENEWAL + DAY)
      const { id: newest } = await latestInvoice(stage, subscriber)
      await stage.api.invoices.finalizeInvoice(newest, { auto_advance: false })
      await stage.api.invoices.voidInvoice(newest)
      expect((await read(stage, subscriber)).status).toBe('unpaid')
      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      stage.mark()
      await stage.api.invoices.pay(older)
      expect(stage.only('customer.subscription.updated').previous).toEqual({ status: 'unpaid' })
      expect((await read(stage, subscriber)).status).toBe('active')
    },
  },
]
