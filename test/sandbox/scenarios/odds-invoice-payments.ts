import { expect } from 'vitest'
import { pastDue } from './past-due.ts'
import type { Scenario } from './scenario.ts'
import { at, type Stage } from './stage.ts'

const BALANCE: Scenario = {
  rows: [87],
  title: 'What the customer has in credit pays the invoice, with nothing due and nothing paid',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    await api.customers.createBalanceTransaction(customer.id, { amount: -4_000, currency: 'usd' })
    stage.mark()
    const sub = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
    })
    expect(sub.status).toBe('active')
    expect(stage.only('invoice.paid').object).toMatchObject({
      total: 2_900,
      amount_due: 0,
      amount_paid: 0,
      starting_balance: -4_000,
      ending_balance: -1_100,
      status: 'paid',
    })
    stage.none('charge.succeeded', 'payment_intent.created', 'invoice_payment.paid')
    // At the renewal only 1,100 is left of it: the rest is charged.
    stage.mark()
    await stage.advance({ days: 28, hours: 1 })
    expect(stage.only('invoice.paid').object).toMatchObject({
      total: 2_900,
      amount_due: 1_800,
      amount_paid: 1_800,
      starting_balance: -1_100,
      ending_balance: 0,
    })
    expect(stage.only('charge.succeeded').object).toMatchObject({ amount: 1_800 })
    expect(await api.customers.retrieve(customer.id)).toMatchObject({ balance: 0 })
  },
}

const IN_PARTS: Scenario = {
  rows: [86],
  title:
    'An invoice paid in parts is paid with the last of them, and what was too much is told and credited',
  async play(stage) {
    const { api } = stage
    const { customer, invoice } = await pastDue(stage)
    const pay = async (amount: number) => {
      const intent = await api.paymentIntents.create({
        amount,
        currency: 'usd',
        customer: customer.id,
        payment_method: 'pm_card_visa',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      stage.mark()
      await api.invoices.attachPayment(invoice, { payment_intent: intent.id })
      return intent.id
    }
    const { data: asked } = await api.invoicePayments.list({ invoice })
    expect(asked.map(({ status, amount_requested: amount }) => [status, amount])).toEqual([
      ['open', 2_900],
    ])
    const first = await pay(1_000)
    expect(stage.only('invoice_payment.paid').object).toMatchObject({
      invoice,
      amount_paid: 1_000,
      status: 'paid',
      payment: { type: 'payment_intent', payment_intent: first },
    })
    expect(stage.only('invoice.updated')).toMatchObject({
      object: { status: 'open', amount_paid: 1_000, amount_remaining: 1_900 },
      previous: { amount_paid: 0, amount_remaining: 2_900 },
    })
    stage.none('invoice.paid', 'customer.subscription.updated')

    const second = await pay(2_500)
    expect(stage.only('invoice_payment.paid').object).toMatchObject({ amount_paid: 2_500 })
    expect(stage.only('invoice.paid').object).toMatchObject({
      status: 'paid',
      amount_paid: 3_500,
      amount_remaining: 0,
      amount_overpaid: 600,
    })
    expect(stage.only('invoice.overpaid').object).toMatchObject({ amount_overpaid: 600 })
    expect(await api.customers.retrieve(customer.id)).toMatchObject({ balance: -600 })
    const { data } = await api.invoicePayments.list({ invoice })
    const seen = data.map(({ payment, status }) => [payment.payment_intent, status])
    expect(seen).toEqual(
      expect.arrayContaining([
        [first, 'paid'],
        [second, 'paid'],
      ]),
    )
    // The invoice's own intent, which was declined, is of no use any more.
    expect(data.filter(({ is_default }) => is_default).map(({ status }) => status)).toEqual([
      'canceled',
    ])
  },
}

const SENT: Scenario = {
  rows: [88],
  title:
    'An invoice that is sent leaves its subscription active and unpaid until the due date, and past due after',
  settings: { sendInvoiceGiveUpDays: 30, afterRetries: 'cancel' },
  async play(stage) {
    const { api } = stage
    const start = at('2026-01-31T09:00:00Z')
    const price = await stage.price()
    const subscribe = async () => {
      const { id } = await api.customers.create({ email: 'ada@example.test' })
      return api.subscriptions.create({
        customer: id,
        items: [{ price: price.id }],
        collection_method: 'send_invoice',
        days_until_due: 7,
      })
    }
    stage.mark()
    const paying = await subscribe()
    const silent = await subscribe()
    // Sources conflict on the first status: the sandbox follows the reference of the API.
    expect([paying.status, silent.status]).toEqual(['active', 'active'])
    for (const { object } of stage.since('invoice.created')) {
      expect(object).toMatchObject({
        status: 'draft',
        collection_method: 'send_invoice',
        due_date: start + 7 * 86_400,
      })
    }
    stage.none('invoice.finalized', 'invoice.sent')
    await stage.advance({ hours: 1 })
    for (const { latest_invoice } of [paying, silent]) {
      const told = stage.since().filter(({ object }) => object['id'] === latest_invoice)
      expect(told.map(({ type }) => type)).toEqual([
        'invoice.created',
        'invoice.finalized',
        'invoice.sent',
      ])
    }
    stage.none('invoice.payment_failed', 'charge.failed', 'invoice.upcoming')

    stage.mark()
    await api.invoices.pay(String(paying.latest_invoice), {
      payment_method: await card(stage, paying.customer as string),
    })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    stage.none('customer.subscription.updated')

    stage.mark()
    await stage.advance({ days: 7 })
    expect(stage.only('invoice.overdue')).toMatchObject({
      object: { id: silent.latest_invoice, status: 'open', amount_paid: 0 },
    })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { id: silent.id, status: 'past_due' },
      previous: { status: 'active' },
    })
    stage.mark()
    await stage.advance({ days: 30 })
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({
      id: silent.id,
      cancellation_details: { reason: 'payment_failed' },
    })
  },
}

/** A card of a customer who has none by default. */
async function card(stage: Stage, customer: string): Promise<string> {
  const { id } = await stage.api.paymentMethods.attach('pm_card_visa', { customer })
  return id
}

export const INVOICE_PAYMENTS: readonly Scenario[] = [BALANCE, IN_PARTS, SENT]
