import type Stripe from 'stripe'
import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const DAY = 86_400
const HOUR = 3_600

/** 31 January to 28 February. */
const FIRST_PERIOD = 28 * DAY

/** A price of 0.01 a call, billed by a meter. */
export async function callsPrice(stage: Stage): Promise<Stripe.Price> {
  const meter = await stage.api.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  return stage.price({
    unit_amount: 1,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    product_data: { name: 'Calls' },
  })
}

export async function useCalls(stage: Stage, customer: string, value: number): Promise<void> {
  await stage.api.billing.meterEvents.create({
    event_name: 'calls',
    payload: { stripe_customer_id: customer, value: String(value) },
  })
}

const flexible: Scenario = {
  rows: [36],
  title: 'What is billed by usage alone starts active and without an invoice',
  async play(stage) {
    const { api } = stage
    const price = await callsPrice(stage)
    const session = await stage.checkout({ line_items: [{ price: price.id }] })
    stage.mark()
    const done = await stage.sandbox.pay(session)
    const created = stage.only('customer.subscription.created').object
    expect(created).toMatchObject({ status: 'active', latest_invoice: null })
    expect(created['billing_mode']).toMatchObject({ type: 'flexible' })
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      status: 'complete',
      // Not verified for usage alone; nothing is asked, so nothing is required.
      payment_status: 'no_payment_required',
      invoice: null,
      subscription: done.subscription,
    })
    expect(stage.types().filter((type) => type.startsWith('invoice'))).toEqual([])
    await stage.advance({ seconds: FIRST_PERIOD - 1 })
    stage.none('invoice.created')
    await stage.advance({ seconds: 1 })
    expect(stage.only('invoice.created').object).toMatchObject({
      billing_reason: 'subscription_cycle',
      status: 'draft',
    })

    // The exception: something else waits to be billed.
    const customer = await stage.customer()
    await api.invoiceItems.create({ customer: customer.id, amount: 700, currency: 'usd' })
    stage.mark()
    await api.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    expect(stage.only('invoice.paid').object).toMatchObject({
      amount_paid: 700,
      billing_reason: 'subscription_create',
    })
    // The other: usage of a time before it was made, from which on it counts.
    const early = await stage.customer()
    const since = stage.sandbox.now()
    await useCalls(stage, early.id, 320)
    await stage.advance({ days: 3 })
    stage.mark()
    await api.subscriptions.create({
      customer: early.id,
      items: [{ price: price.id }],
      backdate_start_date: since,
    })
    expect(stage.only('invoice.paid').object).toMatchObject({
      amount_paid: 320,
      billing_reason: 'subscription_create',
      lines: { data: [{ period: { start: since, end: since + 3 * DAY } }] },
    })
    expect(stage.only('customer.subscription.created').object['status']).toBe('active')
  },
}

const classic: Scenario = {
  rows: [37],
  title: 'The same in classic billing mode has a paid invoice of nothing',
  async play(stage) {
    const price = await callsPrice(stage)
    const session = await stage.checkout({
      line_items: [{ price: price.id }],
      subscription_data: { billing_mode: { type: 'classic' } },
    })
    stage.mark()
    const done = await stage.sandbox.pay(session)
    expect(stage.only('customer.subscription.created').object).toMatchObject({
      status: 'active',
      billing_mode: { type: 'classic' },
      latest_invoice: done.invoice,
    })
    stage.inOrder(
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    )
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: done.invoice,
      status: 'paid',
      amount_paid: 0,
      billing_reason: 'subscription_create',
      lines: { data: [{ amount: 0, pricing: { price_details: { price: price.id } } }] },
    })
    stage.none('payment_intent.created')
  },
}

const cycle: Scenario = {
  rows: [38],
  title: 'Usage is billed when its period is over, for that period',
  async play(stage) {
    const price = await callsPrice(stage)
    const customer = await stage.customer()
    const start = stage.sandbox.now()
    await stage.api.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    await stage.advance({ days: 10 })
    await useCalls(stage, customer.id, 1_250)
    await stage.advance({ seconds: FIRST_PERIOD - 10 * DAY - HOUR })
    stage.mark()
    await stage.advance({ hours: 1 })
    const draft = stage.only('invoice.created')
    expect(draft).toMatchObject({
      created: start + FIRST_PERIOD,
      object: { status: 'draft', billing_reason: 'subscription_cycle', amount_due: 1_250 },
    })
    // The subscription shows the new period, the line the old one: that is what is paid for.
    expect(stage.only('customer.subscription.updated').object['items']).toMatchObject({
      data: [{ current_period_start: start + FIRST_PERIOD }],
    })
    const ofLastPeriod = {
      data: [
        {
          amount: 1_250,
          quantity: 1_250,
          period: { start, end: start + FIRST_PERIOD },
          pricing: { price_details: { price: price.id } },
        },
      ],
    }
    expect(draft.object['lines']).toMatchObject(ofLastPeriod)
    stage.none('invoice.finalized')
    await stage.advance({ hours: 1 })
    stage.inOrder(
      'invoice.created',
      'invoice.finalized',
      'payment_intent.succeeded',
      'invoice.paid',
    )
    expect(stage.only('invoice.paid')).toMatchObject({
      created: start + FIRST_PERIOD + HOUR,
      object: { status: 'paid', amount_paid: 1_250, lines: ofLastPeriod },
    })
  },
}

export const BUYING_USAGE: readonly Scenario[] = [flexible, classic, cycle]
