import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { failingSubscriber, FIRST_RENEWAL, HOUR, latestInvoice, read } from './subscriber.ts'

export const PAUSE_ON_FAILURE: readonly Scenario[] = [
  {
    rows: [44],
    title: 'The account pauses at the first failed renewal, and paying its invoice resumes',
    settings: { pauseOnFirstFailure: true },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await stage.advanceTo(FIRST_RENEWAL + HOUR - 1)
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      const types = stage.types().filter((type) => type !== 'customer.updated')
      expect(types.slice(-4)).toEqual([
        'invoice.payment_failed',
        'invoice.updated',
        'customer.subscription.updated',
        'customer.subscription.paused',
      ])
      expect(stage.only('customer.subscription.updated').previous).toMatchObject({
        status: 'active',
      })
      const reason = { paused: { subscription: { type: 'first_payment_failure' } } }
      expect(stage.only('customer.subscription.paused').object).toMatchObject({
        status: 'paused',
        status_details: reason,
      })
      const open = await latestInvoice(stage, subscriber)
      expect(open).toMatchObject({ status: 'open', auto_advance: true, attempt_count: 1 })

      // It stays collectible: a retry on a good card pays, and that resumes.
      await stage.changeCard(subscriber.customer, 'pm_card_visa')
      stage.mark()
      await stage.advanceTo(open.next_payment_attempt ?? 0)
      expect(stage.only('invoice.paid').object).toMatchObject({ id: open.id })
      const types2 = stage.types()
      expect(types2.indexOf('customer.subscription.updated')).toBeGreaterThan(
        types2.indexOf('invoice.paid'),
      )
      expect(stage.only('customer.subscription.updated').previous).toMatchObject({
        status: 'paused',
      })
      expect(stage.only('customer.subscription.resumed').object).toMatchObject({
        status: 'active',
      })
    },
  },
  {
    rows: [44],
    title: 'Marking the failed renewal uncollectible resumes too; the first invoice never pauses',
    settings: { pauseOnFirstFailure: true },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      const { id } = await latestInvoice(stage, subscriber)
      expect((await read(stage, subscriber)).status).toBe('paused')
      stage.mark()
      await stage.api.invoices.markUncollectible(id)
      expect(stage.types().filter((type) => type !== 'customer.updated')).toEqual([
        'invoice.marked_uncollectible',
        'customer.subscription.updated',
        'customer.subscription.resumed',
      ])
      expect((await read(stage, subscriber)).status).toBe('active')

      // "Not for the initial invoice": a first bank debit that fails leaves it active (row 23).
      const euro = await stage.price({ currency: 'eur' })
      const payer = await stage.customer('pm_sepaDebit_failed_at')
      const first = await stage.api.subscriptions.create({
        customer: payer.id,
        items: [{ price: euro.id }],
        payment_settings: { payment_method_types: ['sepa_debit'] },
      })
      expect(first.status).toBe('active')
      stage.mark()
      await stage.advance({ hours: 1 })
      expect(stage.only('invoice.payment_failed').object).toMatchObject({
        billing_reason: 'subscription_create',
      })
      stage.none('customer.subscription.paused')
      expect((await stage.api.subscriptions.retrieve(first.id)).status).toBe('active')
    },
  },
]
