import { expect } from 'vitest'
import { pastDue } from './past-due.ts'
import type { Scenario } from './scenario.ts'

const VOIDED: Scenario = {
  rows: [83],
  title:
    'Voiding the invoice a subscription is past due for makes it active without any money, and an older one changes nothing',
  // One attempt only, and the subscription goes on: two renewals can stand unpaid.
  settings: { retryDays: [], afterRetries: 'past_due' },
  async play(stage) {
    const { api } = stage
    const { sub, invoice: older } = await pastDue(stage)
    await stage.advance({ days: 31 })
    const latest = stage.last('invoice.payment_failed').object['id'] as string
    stage.mark()
    await api.invoices.voidInvoice(older)
    expect(stage.only('invoice.voided').object).toMatchObject({ id: older, status: 'void' })
    stage.none('customer.subscription.updated')

    stage.mark()
    await api.invoices.voidInvoice(latest)
    expect(stage.only('invoice.voided').object).toMatchObject({
      id: latest,
      status: 'void',
      amount_paid: 0,
      status_transitions: { voided_at: stage.sandbox.now(), paid_at: null },
    })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { id: sub.id, status: 'active', latest_invoice: latest },
      previous: { status: 'past_due' },
    })
    stage.none('invoice.paid', 'charge.succeeded')
    for (const act of [api.invoices.pay, api.invoices.markUncollectible]) {
      await expect(act.call(api.invoices, latest)).rejects.toMatchObject({ statusCode: 400 })
    }
  },
}

const UNCOLLECTIBLE: Scenario = {
  rows: [84],
  title:
    'Marking the invoice uncollectible makes a past due subscription active; the invoice may still be paid, or voided',
  async play(stage) {
    const { api } = stage
    const one = await pastDue(stage)
    await api.invoices.markUncollectible(one.invoice)
    const types = stage.types()
    expect(types.indexOf('invoice.marked_uncollectible')).toBeLessThan(
      types.indexOf('customer.subscription.updated'),
    )
    expect(stage.only('invoice.marked_uncollectible').object).toMatchObject({
      id: one.invoice,
      status: 'uncollectible',
      amount_paid: 0,
      amount_remaining: 2_900,
      status_details: { uncollectible: { reason: 'user_forgiven' } },
      status_transitions: { marked_uncollectible_at: stage.sandbox.now() },
    })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { id: one.sub.id, status: 'active' },
      previous: { status: 'past_due' },
    })
    stage.none('invoice.paid', 'charge.succeeded')
    // Nobody tries again by itself.
    stage.mark()
    await stage.advance({ days: 20 })
    stage.none('invoice.payment_failed', 'charge.failed')
    await stage.changeCard(one.customer.id, 'pm_card_visa')
    stage.mark()
    await api.invoices.pay(one.invoice)
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: one.invoice,
      amount_paid: 2_900,
    })
    stage.none('customer.subscription.updated')

    const two = await pastDue(stage)
    await api.invoices.markUncollectible(two.invoice)
    stage.mark()
    await api.invoices.voidInvoice(two.invoice)
    expect(stage.only('invoice.voided').object).toMatchObject({ id: two.invoice, status: 'void' })
    stage.none('customer.subscription.updated')
  },
}

const GIVEN_UP: Scenario = {
  rows: [84],
  title: 'An account that gives invoices up after the last retry says so in the reason',
  settings: { retryDays: [3], afterRetries: 'past_due', invoiceAfterRetries: 'uncollectible' },
  async play(stage) {
    const { sub, invoice } = await pastDue(stage)
    await stage.advance({ days: 3 })
    expect(stage.only('invoice.payment_failed').object).toMatchObject({
      attempt_count: 2,
      next_payment_attempt: null,
    })
    expect(stage.only('invoice.marked_uncollectible').object).toMatchObject({
      id: invoice,
      status_details: { uncollectible: { reason: 'max_payment_attempts' } },
    })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { id: sub.id, status: 'active' },
      previous: { status: 'past_due' },
    })
  },
}

const OUT_OF_BAND: Scenario = {
  rows: [85],
  title:
    'An invoice paid out of band is paid without a charge, an intent or a payment that succeeded',
  async play(stage) {
    const { api } = stage
    const { sub, invoice } = await pastDue(stage)
    await api.invoices.pay(invoice, { paid_out_of_band: true })
    stage.none('invoice.payment_succeeded', 'charge.succeeded', 'payment_intent.succeeded')
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: invoice,
      status: 'paid',
      amount_paid: 2_900,
      amount_paid_off_stripe: 2_900,
      amount_remaining: 0,
    })
    expect(stage.only('invoice.paid').object).not.toHaveProperty('paid_out_of_band')
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { id: sub.id, status: 'active' },
      previous: { status: 'past_due' },
    })
    const { payments } = await api.invoices.retrieve(invoice, { expand: ['payments'] })
    const paid = payments?.data.filter(({ status }) => status === 'paid')
    expect(paid?.map(({ payment, amount_paid }) => [payment.type, amount_paid])).toEqual([
      ['payment_record', 2_900],
    ])
    const old = stage.sandbox.client({ apiVersion: '2024-06-20' })
    expect(await old.invoices.retrieve(invoice)).toMatchObject({
      paid: true,
      paid_out_of_band: true,
    })
  },
}

export const INVOICES: readonly Scenario[] = [VOIDED, UNCOLLECTIBLE, GIVEN_UP, OUT_OF_BAND]
