import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

const DAY = 86_400

/** A renewal by bank debit that the bank takes four days for. */
function renewal(outcome: 'success' | 'failed'): Scenario {
  return {
    rows: [26],
    title: `A renewal by bank debit is under way for days, then ${outcome === 'success' ? 'paid' : 'refused'}`,
    settings: { bankDebitSeconds: 4 * DAY },
    async play(stage) {
      const { api } = stage
      const customer = await stage.customer('pm_sepaDebit_success_de')
      const price = await stage.price({ currency: 'eur', unit_amount: 3_000 })
      const { id } = await api.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
      })
      await stage.advance({ days: 10 })
      if (outcome === 'failed') await stage.changeCard(customer.id, 'pm_sepaDebit_failed_de')
      stage.mark()
      await stage.advance({ days: 18, hours: 1 })
      stage.inOrder(
        'invoice.created',
        'invoice.finalized',
        'payment_intent.created',
        'payment_intent.processing',
      )
      const bill = stage.only('invoice.finalized').object
      expect(bill).toMatchObject({ status: 'open', billing_reason: 'subscription_cycle' })
      // Days on: open, processing, and active.
      await stage.advance({ days: 3 })
      stage.none('invoice.paid', 'invoice.payment_failed')
      expect((await api.invoices.retrieve(bill['id'] as string)).status).toBe('open')
      expect((await api.subscriptions.retrieve(id)).status).toBe('active')
      stage.mark()
      await stage.advance({ days: 1 })
      if (outcome === 'success') {
        stage.inOrder('charge.succeeded', 'payment_intent.succeeded', 'invoice.paid')
        expect(stage.only('invoice.paid').object).toMatchObject({
          id: bill['id'],
          amount_paid: 3_000,
        })
        stage.none('customer.subscription.updated')
        return
      }
      stage.inOrder(
        'charge.failed',
        'payment_intent.payment_failed',
        'invoice.payment_failed',
        'customer.subscription.updated',
      )
      expect(stage.only('invoice.payment_failed').object).toMatchObject({
        id: bill['id'],
        status: 'open',
        attempt_count: 1,
      })
      const late = stage.only('customer.subscription.updated')
      expect([late.previous?.['status'], late.object['status']]).toEqual(['active', 'past_due'])
    },
  }
}

/** By kind of account: its dispute's reason is the bank's. */
const RETURNED = [
  ['us_bank_account', 'pm_usBankAccount_dispute', 'usd'],
  ['bacs_debit', 'pm_bacsDebit_dispute', 'gbp'],
  ['sepa_debit', 'pm_sepaDebit_disputed_de', 'eur'],
] as const

const BANK_REASONS = [
  'insufficient_funds',
  'debit_not_authorized',
  'incorrect_account_details',
  'bank_cannot_process',
]

const sentBack: Scenario = {
  rows: [27],
  title:
    'The bank sends a debit back after it succeeded: the invoice stays paid, a dispute is lost',
  async play(stage) {
    const { api } = stage
    for (const [type, paymentMethod, currency] of RETURNED) {
      const price = await stage.price({ currency })
      const session = await stage.checkout({
        line_items: [{ price: price.id, quantity: 1 }],
        allowed_payment_method_types: [type],
      })
      const done = await stage.sandbox.pay(session, { paymentMethod })
      stage.mark()
      await stage.advance({ hours: 1 })
      stage.inOrder('charge.succeeded', 'invoice.paid', 'charge.dispute.created')
      const dispute = stage.only('charge.dispute.created').object
      expect(dispute).toMatchObject({
        status: 'lost',
        amount: 2_900,
        currency,
        charge: stage.only('charge.succeeded').object['id'],
      })
      expect(BANK_REASONS).toContain(dispute['reason'])
      stage.none('invoice.payment_failed', 'invoice.voided', 'customer.subscription.updated')
      expect(await api.invoices.retrieve(done.invoice as string)).toMatchObject({
        status: 'paid',
        amount_paid: 2_900,
      })
      expect(await api.subscriptions.retrieve(done.subscription as string)).toMatchObject({
        status: 'active',
      })
      expect(await api.charges.retrieve(dispute['charge'] as string)).toMatchObject({
        disputed: true,
        status: 'succeeded',
      })
    }
  },
}

export const DEBITS_LATER: readonly Scenario[] = [renewal('success'), renewal('failed'), sentBack]
