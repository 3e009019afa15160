import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const DAY = 86_400

/** Banks take days; a few here show what may happen meanwhile. */
const FIVE_DAYS = { bankDebitSeconds: 5 * DAY }

/** Buys by SEPA debit, and leaves the mark before the submission. */
async function buyByDebit(stage: Stage, paymentMethod: string) {
  const price = await stage.price({ currency: 'eur', unit_amount: 3_000 })
  const session = await stage.checkout({
    line_items: [{ price: price.id, quantity: 1 }],
    allowed_payment_method_types: ['sepa_debit'],
  })
  stage.mark()
  return stage.sandbox.pay(session, { paymentMethod })
}

const underWay: Scenario = {
  rows: [21, 22],
  title: 'A bank debit completes the session unpaid; days later the money comes',
  settings: FIVE_DAYS,
  async play(stage) {
    const { api } = stage
    const done = await buyByDebit(stage, 'pm_sepaDebit_success_de')
    stage.inOrder('payment_intent.created', 'payment_intent.processing')
    stage.inOrder('customer.subscription.created', 'invoice.created', 'invoice.finalized')
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      subscription: done.subscription,
      invoice: done.invoice,
    })
    expect(stage.only('payment_intent.processing').object['status']).toBe('processing')
    const charge = stage.only('charge.pending').object
    expect(charge).toMatchObject({ status: 'pending', paid: false, amount: 3_000 })
    // Active straight away, though an integration must bear with incomplete too.
    expect(stage.only('customer.subscription.created').object).toMatchObject({
      id: done.subscription,
      status: 'active',
    })
    expect(stage.only('invoice.finalized').object).toMatchObject({
      status: 'open',
      amount_remaining: 3_000,
      billing_reason: 'subscription_create',
    })
    stage.none('invoice.paid', 'charge.succeeded', 'invoice_payment.paid')

    stage.mark()
    await stage.advance({ seconds: 5 * DAY - 1 })
    stage.none('charge.succeeded', 'invoice.paid', 'checkout.session.async_payment_succeeded')
    await stage.advance({ seconds: 1 })
    stage.inOrder(
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
      'checkout.session.async_payment_succeeded',
    )
    expect(stage.only('charge.succeeded').object['id']).toBe(charge['id'])
    expect(stage.only('checkout.session.async_payment_succeeded').object).toMatchObject({
      id: done.id,
      status: 'complete',
      payment_status: 'paid',
    })
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: done.invoice,
      status: 'paid',
      amount_paid: 3_000,
    })
    expect(stage.only('invoice_payment.paid').object['invoice']).toBe(done.invoice)
    stage.none('checkout.session.completed', 'customer.subscription.updated')
    expect((await api.subscriptions.retrieve(done.subscription as string)).status).toBe('active')
  },
}

/** Sources conflict on what becomes of the invoice: a setting chooses. */
function returned(firstDebitFailure: 'void' | 'leave_open'): Scenario {
  const becomes = firstDebitFailure === 'void' ? 'void' : 'open'
  return {
    rows: [23],
    title: `A first bank debit fails days later: still active, the invoice ${becomes}`,
    settings: { ...FIVE_DAYS, firstDebitFailure },
    async play(stage) {
      const { api } = stage
      const done = await buyByDebit(stage, 'pm_sepaDebit_failed_de')
      expect(done.payment_status).toBe('unpaid')
      stage.mark()
      await stage.advance({ days: 5 })
      stage.inOrder(
        'charge.failed',
        'payment_intent.payment_failed',
        'invoice.payment_failed',
        'checkout.session.async_payment_failed',
      )
      expect(stage.only('checkout.session.async_payment_failed').object).toMatchObject({
        id: done.id,
        status: 'complete',
        payment_status: 'unpaid',
      })
      expect(stage.only('invoice.payment_failed').object).toMatchObject({
        id: done.invoice,
        status: 'open',
        amount_paid: 0,
      })
      if (firstDebitFailure === 'void') {
        expect(stage.only('invoice.voided').object).toMatchObject({ id: done.invoice })
      } else stage.none('invoice.voided')
      expect((await api.invoices.retrieve(done.invoice as string)).status).toBe(becomes)
      // The subscription says nothing of it, neither now nor in the days after.
      await stage.advance({ days: 15 })
      stage.none('customer.subscription.updated', 'customer.subscription.deleted', 'invoice.paid')
      expect((await api.subscriptions.retrieve(done.subscription as string)).status).toBe('active')
    },
  }
}

const paymentMode: Scenario = {
  rows: [28],
  title: 'A one-off payment by bank debit is paid, or fails, days after its session completed',
  settings: FIVE_DAYS,
  async play(stage) {
    const price = await stage.api.prices.create({
      currency: 'eur',
      unit_amount: 1_500,
      product_data: { name: 'Book' },
    })
    for (const outcome of ['success', 'failed'] as const) {
      const session = await stage.checkout({
        mode: 'payment',
        line_items: [{ price: price.id, quantity: 2 }],
        allowed_payment_method_types: ['sepa_debit'],
      })
      stage.mark()
      const done = await stage.sandbox.pay(session, {
        paymentMethod: `pm_sepaDebit_${outcome}_de`,
      })
      expect(stage.only('checkout.session.completed').object).toMatchObject({
        mode: 'payment',
        status: 'complete',
        payment_status: 'unpaid',
        amount_total: 3_000,
      })
      expect(stage.only('payment_intent.processing').object['id']).toBe(done.payment_intent)
      stage.mark()
      await stage.advance({ days: 5 })
      const [isPaid, told] =
        outcome === 'success'
          ? (['paid', 'checkout.session.async_payment_succeeded'] as const)
          : (['unpaid', 'checkout.session.async_payment_failed'] as const)
      stage.inOrder(
        outcome === 'success' ? 'payment_intent.succeeded' : 'payment_intent.payment_failed',
        told,
      )
      expect(stage.only(told).object).toMatchObject({
        id: session.id,
        status: 'complete',
        payment_status: isPaid,
      })
      expect(stage.since().filter(({ type }) => type.startsWith('checkout'))).toHaveLength(1)
    }
  },
}

export const BUYING_BY_DEBIT: readonly Scenario[] = [
  underWay,
  returned('void'),
  returned('leave_open'),
  paymentMode,
]
