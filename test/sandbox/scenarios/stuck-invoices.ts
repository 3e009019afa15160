import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import {
  FIRST_RENEWAL,
  HOUR,
  latestInvoice,
  read,
  SECOND_RENEWAL,
  subscribe,
} from './subscriber.ts'

export const STUCK_INVOICES: readonly Scenario[] = [
  {
    rows: [48],
    title: 'A renewal that cannot be finalised stays a draft, and its subscription active',
    async play(stage) {
      const price = await stage.price()
      const customer = await stage.customer()
      await stage.api.customers.update(customer.id, {
        address: { country: 'US', postal_code: '94103', state: 'CA' },
      })
      const subscription = await stage.api.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        automatic_tax: { enabled: true },
      })
      expect(subscription.status).toBe('active')
      await stage.api.customers.update(customer.id, { address: '' })
      await stage.advanceTo(FIRST_RENEWAL)
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      const failed = stage.only('invoice.finalization_failed').object
      expect(failed).toMatchObject({
        status: 'draft',
        billing_reason: 'subscription_cycle',
        number: null,
        attempted: false,
        last_finalization_error: {
          type: 'invalid_request_error',
          code: 'customer_tax_location_invalid',
        },
      })
      stage.none('invoice.finalized', 'payment_intent.created', 'customer.subscription.updated')

      // Days later nothing has been paid, and the subscription is as active as ever.
      await stage.advance({ days: 5 })
      stage.none('invoice.paid', 'invoice.payment_failed', 'customer.subscription.updated')
      const subscriber = { customer: customer.id, price, subscription, item: '' }
      expect(await read(stage, subscriber)).toMatchObject({
        status: 'active',
        latest_invoice: failed['id'],
        items: { data: [{ current_period_end: SECOND_RENEWAL }] },
      })

      await stage.api.customers.update(customer.id, {
        address: { country: 'US', postal_code: '94103', state: 'CA' },
      })
      stage.mark()
      await stage.api.invoices.pay(failed['id'] as string)
      expect(stage.only('invoice.finalized').object).toMatchObject({
        status: 'open',
        last_finalization_error: null,
      })
      expect((await latestInvoice(stage, subscriber)).status).toBe('paid')
    },
  },
  {
    rows: [49],
    title: 'For a payment method of another processor Stripe only asks that it be charged there',
    async play(stage) {
      const subscriber = await subscribe(stage)
      const elsewhere = await stage.api.paymentMethods.create({
        type: 'custom',
        custom: { type: 'cpmt_wallet' },
      })
      expect(elsewhere).toMatchObject({ type: 'custom', custom: { type: 'cpmt_wallet' } })
      await stage.changeCard(subscriber.customer, elsewhere.id)
      await stage.advanceTo(FIRST_RENEWAL)
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      const asked = stage.only('invoice.payment_attempt_required').object
      expect(asked).toMatchObject({
        status: 'open',
        billing_reason: 'subscription_cycle',
        collection_method: 'charge_automatically',
        amount_due: 2_900,
        amount_paid: 0,
        attempted: false,
        next_payment_attempt: null,
      })
      stage.none('charge.succeeded', 'charge.failed', 'invoice.payment_failed', 'invoice.paid')
      stage.none('customer.subscription.updated')
      const types = stage.types()
      expect(types.indexOf('invoice.payment_attempt_required')).toBeGreaterThan(
        types.indexOf('invoice.finalized'),
      )

      stage.mark()
      const record = await stage.api.paymentRecords.reportPayment({
        amount_requested: { currency: 'usd', value: 2_900 },
        initiated_at: stage.sandbox.now(),
        payment_method_details: { type: 'custom', payment_method: elsewhere.id },
        outcome: 'guaranteed',
        guaranteed: { guaranteed_at: stage.sandbox.now() },
        processor_details: { type: 'custom', custom: { payment_reference: 'wallet-1' } },
      })
      expect(record).toMatchObject({ amount_guaranteed: { value: 2_900, currency: 'usd' } })
      await stage.api.invoices.attachPayment(asked['id'] as string, { payment_record: record.id })
      expect(stage.only('invoice.paid').object).toMatchObject({
        id: asked['id'],
        status: 'paid',
        amount_paid: 2_900,
      })
      expect(stage.only('invoice_payment.paid').object).toMatchObject({
        invoice: asked['id'],
        amount_paid: 2_900,
        payment: { type: 'payment_record', payment_record: record.id },
      })
      stage.none('charge.succeeded')
      expect((await read(stage, subscriber)).status).toBe('active')
    },
  },
]
