import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { eventsOf, good, refused } from '../catalogue/judged.ts'
import { ok } from '../support/call.ts'
import { draft, last, SECONDS, shop } from './shop.ts'

async function finalized(sandbox: Sandbox, customer: string, amount: number, currency = 'usd') {
  const { id } = await draft(sandbox, customer, [{ amount, currency }], { currency })
  return good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
}

describe('a payment of an invoice', () => {
  it('is joined to it by an object of its own', async () => {
    const { sandbox, customer } = await shop()
    const { id } = await finalized(sandbox, customer, 2_000)
    const waiting = await good(sandbox, 'GET', '/v1/invoice_payments', { invoice: id })
    expect(waiting.data).toMatchObject([
      { amount_paid: null, amount_requested: 2_000, is_default: true, status: 'open' },
    ])
    await good(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    const intent = waiting.data[0].payment.payment_intent as string
    const { data } = await good(sandbox, 'GET', '/v1/invoice_payments', {
      payment: { type: 'payment_intent', payment_intent: intent },
    })
    expect(data).toMatchObject([
      { invoice: id, amount_paid: 2_000, status: 'paid', status_transitions: { paid_at: SECONDS } },
    ])
    expect(last(sandbox, 'invoice_payment.paid').data.object).toEqual(data[0])
    expect(await good(sandbox, 'GET', `/v1/invoice_payments/${data[0].id}`)).toEqual(data[0])
  })

  it('by the customer, who confirms the intent themselves, pays it too', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await finalized(sandbox, customer, 2_000)
    const { payments } = await good(sandbox, 'GET', `/v1/invoices/${id}`, { expand: ['payments'] })
    const intent = payments.data[0].payment.payment_intent
    since()
    await good(sandbox, 'POST', `/v1/payment_intents/${intent}/confirm`, {
      payment_method: 'pm_card_visa',
    })
    expect(await good(sandbox, 'GET', `/v1/invoices/${id}`)).toMatchObject({
      status: 'paid',
      attempt_count: 1,
    })
    expect(since()).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ])
  })

  it('outside of Stripe is recorded, without a success of a payment', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await finalized(sandbox, customer, 2_000)
    since()
    const paid = await good(sandbox, 'POST', `/v1/invoices/${id}/pay`, {
      paid_out_of_band: true,
      expand: ['payments'],
    })
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 2_000,
      amount_paid_off_stripe: 2_000,
      amount_remaining: 0,
    })
    expect(paid.payments.data.map((one: { status: string }) => one.status)).toEqual([
      'paid',
      'canceled',
    ])
    expect(paid.payments.data[0].payment.type).toBe('payment_record')
    expect(since()).toEqual([
      'invoice.updated',
      'invoice.paid',
      'invoice_payment.paid',
      'payment_intent.canceled',
    ])
    eventsOf(sandbox)
  })

  it('in parts leaves it open until nothing remains', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await finalized(sandbox, customer, 5_000)
    const part = async (amount: number) => {
      const intent = await good(sandbox, 'POST', '/v1/payment_intents', {
        amount,
        currency: 'usd',
        customer,
        payment_method: 'pm_card_visa',
        confirm: true,
        return_url: 'https://example.com',
      })
      since()
      return good(sandbox, 'POST', `/v1/invoices/${id}/attach_payment`, {
        payment_intent: intent.id,
      })
    }
    expect(await part(2_000)).toMatchObject({
      status: 'open',
      amount_paid: 2_000,
      amount_remaining: 3_000,
    })
    expect(since()).toEqual(['invoice.updated', 'invoice_payment.paid'])
    expect(await part(4_500)).toMatchObject({
      status: 'paid',
      amount_paid: 6_500,
      amount_overpaid: 1_500,
      amount_remaining: 0,
    })
    expect(since()).toEqual([
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
      'payment_intent.canceled',
      'invoice.overpaid',
      'customer.updated',
    ])
    expect((await ok(sandbox, 'GET', `/v1/customers/${customer}`)).balance).toBe(-1_500)
    eventsOf(sandbox)
  })

  it('by bank debit leaves it open for days, and then pays it', async () => {
    const { sandbox, customer, since } = await shop('pm_sepaDebit_success_at', {
      settings: { bankDebitSeconds: 3 * 86_400 },
    })
    const { id } = await finalized(sandbox, customer, 2_000, 'eur')
    since()
    const open = await good(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    expect(open).toMatchObject({ status: 'open', attempted: true, attempt_count: 1 })
    expect(since()).toContain('payment_intent.processing')
    expect((await refused(sandbox, 'POST', `/v1/invoices/${id}/pay`)).status).toBe(400)
    expect((await refused(sandbox, 'POST', `/v1/invoices/${id}/void`)).status).toBe(400)
    await sandbox.advance({ days: 2 })
    expect((await ok(sandbox, 'GET', `/v1/invoices/${id}`)).status).toBe('open')
    since()
    await sandbox.advance({ days: 1 })
    expect(since().slice(-5)).toEqual([
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ])
    eventsOf(sandbox)
  })

  it('by a bank debit that fails later leaves it open and unpaid', async () => {
    const { sandbox, customer, since } = await shop('pm_sepaDebit_failed_at')
    const { id } = await finalized(sandbox, customer, 2_000, 'eur')
    await good(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    since()
    await sandbox.advance({ days: 1 })
    expect(since()).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.payment_failed',
      'customer.updated',
    ])
    expect(await good(sandbox, 'GET', `/v1/invoices/${id}`)).toMatchObject({
      status: 'open',
      attempt_count: 1,
      amount_remaining: 2_000,
    })
  })
})
