import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at, type Stage } from './stage.ts'

const PERIOD_START = at('2026-01-31T09:00:00Z')
const PERIOD_END = at('2026-02-28T09:00:00Z')
const BILLING = /^(invoice|charge|payment_intent)/u

const PERIOD_ENDS: Scenario = {
  rows: [63],
  title:
    'A subscription asked to end with its period ends then, and usage not yet billed is charged after',
  async play(stage) {
    const { api } = stage
    const flat = await stage.price()
    const plain = await stage.customer()
    const user = await stage.customer()
    const one = await api.subscriptions.create({ customer: plain.id, items: [{ price: flat.id }] })
    const two = await api.subscriptions.create({
      customer: user.id,
      items: [{ price: flat.id }, { price: (await meteredPrice(stage)).id }],
    })
    await stage.advance({ days: 10 })
    await api.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: user.id, value: '200' },
    })
    await api.invoiceItems.create({
      customer: user.id,
      subscription: two.id,
      amount: 500,
      currency: 'usd',
      description: 'Set-up',
    })
    for (const { id } of [one, two]) {
      await api.subscriptions.update(id, { cancel_at_period_end: true })
    }
    await stage.advance({ days: 17, hours: 23 })
    stage.mark()
    await stage.advance({ hours: 1 })

    stage.none('customer.subscription.updated')
    const ended = stage.since('customer.subscription.deleted')
    expect(ended.map(({ object }) => object['id']).toSorted()).toEqual([one.id, two.id].toSorted())
    for (const { object, created } of ended) {
      expect(created).toBe(PERIOD_END)
      expect(object).toMatchObject({
        status: 'canceled',
        cancel_at_period_end: true,
        canceled_at: PERIOD_START + 10 * 86_400,
        ended_at: PERIOD_END,
        cancellation_details: { reason: 'cancellation_requested' },
        latest_invoice: object['id'] === one.id ? one.latest_invoice : two.latest_invoice,
      })
    }
    // Usage and what was pending are left to bill: the flat price had been paid ahead.
    const draft = stage.only('invoice.created').object
    expect(draft).toMatchObject({
      customer: user.id,
      status: 'draft',
      billing_reason: 'subscription_cycle',
      total: 1_500,
      parent: { subscription_details: { subscription: two.id } },
    })
    const story = stage.since('customer.subscription.deleted', 'invoice.created')
    expect(
      story.filter(({ object }) => object['customer'] === user.id).map(({ type }) => type),
    ).toEqual(['customer.subscription.deleted', 'invoice.created'])
    const { data: lines } = await api.invoices.listLineItems(draft['id'] as string)
    expect(lines.map(({ amount }) => amount).toSorted()).toEqual([1_000, 500])
    expect(lines.find(({ amount }) => amount === 1_000)?.period).toEqual({
      start: PERIOD_START,
      end: PERIOD_END,
    })

    stage.mark()
    await stage.advance({ hours: 1 })
    expect(stage.only('invoice.paid').object).toMatchObject({ id: draft['id'], amount_paid: 1_500 })
    expect(stage.only('charge.succeeded').object).toMatchObject({ amount: 1_500 })
    expect((await api.subscriptions.retrieve(two.id)).status).toBe('canceled')
    stage.mark()
    await stage.advance({ days: 90 })
    expect(stage.types().filter((type) => BILLING.test(type))).toEqual([])
  },
}

const CANCELED_WHILE_OWING: Scenario = {
  rows: [64],
  title:
    'A subscription canceled now is over; what it owes is not collected, can be paid, and brings nothing back',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    const sub = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
    })
    await stage.changeCard(customer.id, 'pm_card_chargeCustomerFail')
    await stage.advance({ days: 28, hours: 2 })
    const owed = stage.last('invoice.payment_failed').object['id'] as string

    stage.mark()
    await api.subscriptions.cancel(sub.id)
    expect(stage.types()).toEqual(['invoice.updated', 'customer.subscription.deleted'])
    const now = PERIOD_END + 2 * 3_600
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({
      id: sub.id,
      status: 'canceled',
      canceled_at: now,
      ended_at: now,
      latest_invoice: owed,
      cancellation_details: { reason: 'cancellation_requested' },
    })
    expect(stage.only('invoice.updated').previous).toMatchObject({ auto_advance: true })
    expect(stage.only('invoice.updated').object).toMatchObject({
      id: owed,
      status: 'open',
      auto_advance: false,
      next_payment_attempt: null,
    })

    stage.mark()
    await stage.advance({ days: 40 })
    expect(stage.types()).toEqual([])
    await stage.changeCard(customer.id, 'pm_card_visa')
    stage.mark()
    await api.invoices.pay(owed)
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: owed,
      status: 'paid',
      amount_paid: 2_900,
      parent: { subscription_details: { subscription: sub.id } },
    })
    expect(stage.types().filter((type) => type.startsWith('customer.subscription'))).toEqual([])
    expect((await api.subscriptions.retrieve(sub.id)).status).toBe('canceled')
  },
}

const CANCELED_WITH_CREDIT: Scenario = {
  rows: [64],
  title:
    'Canceling with prorate and invoice_now credits the unused time by an invoice; without, no money moves',
  async play(stage) {
    const { api } = stage
    const price = await stage.price()
    const subscribe = async (customer: string) =>
      api.subscriptions.create({ customer, items: [{ price: price.id }] })
    const plain = await subscribe((await stage.customer()).id)
    const customer = await stage.customer()
    const credited = await subscribe(customer.id)
    await stage.advance({ days: 14 })

    stage.mark()
    await api.subscriptions.cancel(plain.id)
    expect(stage.types()).toEqual(['customer.subscription.deleted'])

    stage.mark()
    await api.subscriptions.cancel(credited.id, { invoice_now: true, prorate: true })
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({ status: 'canceled' })
    // Half of 28 days is left, and a credit is no refund.
    expect(stage.only('invoice.created').object).toMatchObject({
      status: 'draft',
      total: -1_450,
      parent: { subscription_details: { subscription: credited.id } },
    })
    await stage.advance({ hours: 1 })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 0, amount_due: 0 })
    stage.none('refund.created', 'charge.refunded', 'charge.succeeded')
    expect(await api.customers.retrieve(customer.id)).toMatchObject({ balance: -1_450 })
  },
}

async function meteredPrice(stage: Stage) {
  const meter = await stage.api.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  return stage.price({
    unit_amount: 5,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  })
}

export const ENDS: readonly Scenario[] = [PERIOD_ENDS, CANCELED_WHILE_OWING, CANCELED_WITH_CREDIT]
