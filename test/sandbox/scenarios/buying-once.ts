import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const DAY = 86_400

async function book(stage: Stage): Promise<string> {
  const { id } = await stage.api.prices.create({
    currency: 'usd',
    unit_amount: 1_500,
    product_data: { name: 'Book' },
  })
  return id
}

const guest: Scenario = {
  rows: [29, 32],
  title: 'A guest pays once by card, and is known by what the session says alone',
  async play(stage) {
    const session = await stage.checkout({
      mode: 'payment',
      line_items: [{ price: await book(stage), quantity: 2 }],
      client_reference_id: 'user_7',
      metadata: { order: '12' },
    })
    // There is no intent before the buyer submits.
    expect(session).toMatchObject({ payment_intent: null, customer_creation: 'if_required' })
    stage.mark()
    await stage.sandbox.pay(session, { email: 'guest@example.test' })
    stage.inOrder('payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded')
    const intent = stage.only('payment_intent.succeeded').object
    expect(intent).toMatchObject({ amount_received: 3_000, customer: null })
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      mode: 'payment',
      status: 'complete',
      payment_status: 'paid',
      amount_total: 3_000,
      payment_intent: intent['id'],
      subscription: null,
      invoice: null,
      customer: null,
      client_reference_id: 'user_7',
      metadata: { order: '12' },
      customer_details: { email: 'guest@example.test' },
    })
    expect(stage.only('charge.succeeded').object).toMatchObject({ paid: true, customer: null })
    stage.none('customer.created', 'invoice.created', 'payment_method.attached')
    expect((await stage.api.customers.list()).data).toEqual([])
  },
}

const invoiced: Scenario = {
  rows: [30],
  title: 'A payment with an invoice: the invoice comes after the session has completed',
  async play(stage) {
    const session = await stage.checkout({
      mode: 'payment',
      line_items: [{ price: await book(stage), quantity: 1 }],
      invoice_creation: { enabled: true },
    })
    stage.mark()
    await stage.sandbox.pay(session)
    stage.inOrder(
      'payment_intent.succeeded',
      'checkout.session.completed',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    )
    // When the session completes there is no invoice to name yet.
    const completed = stage.only('checkout.session.completed').object
    expect(completed).toMatchObject({ payment_status: 'paid', invoice: null })
    const paid = stage.only('invoice.paid').object
    expect(paid).toMatchObject({
      status: 'paid',
      billing_reason: 'manual',
      parent: null,
      amount_paid: 1_500,
      customer: completed['customer'],
    })
    expect(await stage.api.checkout.sessions.retrieve(session.id)).toMatchObject({
      invoice: paid['id'],
    })
    // The money is that of the session's own intent, and no other was made.
    stage.only('payment_intent.created')
    expect(stage.only('invoice_payment.paid').object).toMatchObject({
      invoice: paid['id'],
      payment: { payment_intent: completed['payment_intent'] },
    })
  },
}

const captured: Scenario = {
  rows: [31],
  title: 'A payment captured by hand: complete and unpaid until then, or let go',
  async play(stage) {
    const { api } = stage
    const price = await book(stage)
    const hold = async () => {
      const session = await stage.checkout({
        mode: 'payment',
        line_items: [{ price, quantity: 1 }],
        payment_intent_data: { capture_method: 'manual' },
      })
      stage.mark()
      return stage.sandbox.pay(session)
    }

    const first = await hold()
    expect(stage.only('payment_intent.amount_capturable_updated').object).toMatchObject({
      id: first.payment_intent,
      status: 'requires_capture',
      amount_capturable: 1_500,
      amount_received: 0,
    })
    // What payment_status says here is not verified; the sandbox says unpaid. Ask the intent.
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: first.payment_intent,
    })
    stage.none('payment_intent.succeeded', 'charge.captured')
    stage.mark()
    await api.paymentIntents.capture(first.payment_intent as string)
    stage.inOrder('charge.captured', 'payment_intent.succeeded')
    expect(stage.only('charge.captured').object).toMatchObject({
      captured: true,
      amount_captured: 1_500,
    })
    expect(stage.only('payment_intent.succeeded').object['amount_received']).toBe(1_500)
    stage.none('checkout.session.async_payment_succeeded')

    const second = await hold()
    stage.mark()
    await api.paymentIntents.cancel(second.payment_intent as string)
    expect(stage.only('payment_intent.canceled').object).toMatchObject({
      status: 'canceled',
      amount_capturable: 0,
    })
    stage.none('charge.captured', 'payment_intent.succeeded', 'charge.expired')

    const third = await hold()
    stage.mark()
    await stage.advance({ seconds: 8 * DAY })
    expect(stage.only('charge.expired').object).toMatchObject({ captured: false })
    expect(stage.only('payment_intent.canceled').object).toMatchObject({
      id: third.payment_intent,
      cancellation_reason: 'automatic',
    })
    for (const { id } of [second, third]) {
      expect(await api.checkout.sessions.retrieve(id)).toMatchObject({
        status: 'complete',
        payment_status: 'unpaid',
      })
    }
  },
}

const setUp: Scenario = {
  rows: [35],
  title: 'A card set up for later buys nothing',
  async play(stage) {
    const customer = await stage.api.customers.create({ email: 'ada@example.test' })
    const session = await stage.checkout({
      mode: 'setup',
      currency: 'usd',
      customer: customer.id,
    })
    stage.mark()
    await stage.sandbox.pay(session)
    stage.inOrder('setup_intent.created', 'setup_intent.succeeded', 'checkout.session.completed')
    const setup = stage.only('setup_intent.succeeded').object
    expect(stage.only('payment_method.attached').object).toMatchObject({
      id: setup['payment_method'],
      customer: customer.id,
    })
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      mode: 'setup',
      status: 'complete',
      payment_status: 'no_payment_required',
      amount_total: null,
      amount_subtotal: null,
      subscription: null,
      invoice: null,
      payment_intent: null,
      setup_intent: setup['id'],
    })
    expect(
      stage.types().filter((type) => /^(payment_intent|charge|invoice|customer\.sub)/u.test(type)),
    ).toEqual([])
  },
}

export const BUYING_ONCE: readonly Scenario[] = [guest, invoiced, captured, setUp]
