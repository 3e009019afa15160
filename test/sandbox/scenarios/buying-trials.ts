import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

const DAY = 86_400

const withCard: Scenario = {
  rows: [9],
  title: 'A trial sets a card up, bills nothing, and has a paid invoice of nothing all the same',
  async play(stage) {
    const { api, sandbox } = stage
    const price = await stage.price()
    const session = await stage.checkout({
      line_items: [{ price: price.id, quantity: 1 }],
      subscription_data: { trial_period_days: 14 },
    })
    stage.mark()
    const done = await sandbox.pay(session)
    stage.inOrder('setup_intent.created', 'payment_method.attached', 'invoice.created')
    stage.inOrder(
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    )
    const setup = stage.only('setup_intent.succeeded').object
    expect(setup).toMatchObject({ status: 'succeeded', usage: 'off_session' })
    expect(stage.types().filter((type) => /^(payment_intent|charge)\./u.test(type))).toEqual([])

    expect(stage.only('checkout.session.completed').object).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      amount_total: 0,
      subscription: done.subscription,
      invoice: done.invoice,
    })
    expect(stage.only('invoice.paid').object).toMatchObject({
      status: 'paid',
      amount_paid: 0,
      amount_due: 0,
      billing_reason: 'subscription_create',
    })
    const end = sandbox.now() + 14 * DAY
    expect(stage.only('customer.subscription.created').object).toMatchObject({
      id: done.subscription,
      status: 'trialing',
      trial_start: sandbox.now(),
      trial_end: end,
      default_payment_method: setup['payment_method'],
      items: { data: [{ current_period_end: end }] },
    })
    expect(await api.invoicePayments.list({ invoice: done.invoice as string })).toMatchObject({
      data: [],
    })
  },
}

const withoutCard: Scenario = {
  rows: [10],
  title: 'A trial starts without a card, where one is collected only if required',
  async play(stage) {
    const price = await stage.price()
    const session = await stage.checkout({
      line_items: [{ price: price.id, quantity: 1 }],
      payment_method_collection: 'if_required',
      subscription_data: {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
      },
    })
    stage.mark()
    await stage.sandbox.pay(session, { paymentMethod: null })
    expect(
      stage.types().filter((type) => /^(setup_intent|payment_method|payment_intent)/u.test(type)),
    ).toEqual([])
    stage.inOrder(
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    )
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      amount_total: 0,
      setup_intent: null,
    })
    expect(stage.only('invoice.paid').object).toMatchObject({
      amount_paid: 0,
      billing_reason: 'subscription_create',
    })
    expect(stage.only('customer.subscription.created').object).toMatchObject({
      status: 'trialing',
      trial_end: stage.sandbox.now() + 7 * DAY,
      default_payment_method: null,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    })
  },
}

const withFee: Scenario = {
  rows: [11],
  title: 'A trial with a fee: trialing, and money has come',
  async play(stage) {
    const price = await stage.price()
    const fee = await stage.api.prices.create({
      currency: 'usd',
      unit_amount: 500,
      product_data: { name: 'Fee' },
    })
    const session = await stage.checkout({
      line_items: [
        { price: price.id, quantity: 1 },
        { price: fee.id, quantity: 1 },
      ],
      subscription_data: { trial_period_days: 7 },
    })
    stage.mark()
    await stage.sandbox.pay(session)
    expect(stage.only('customer.subscription.created').object['status']).toBe('trialing')
    expect(stage.only('invoice.paid').object).toMatchObject({
      amount_paid: 500,
      billing_reason: 'subscription_create',
    })
    expect(stage.only('payment_intent.succeeded').object['amount_received']).toBe(500)
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      amount_total: 500,
      payment_status: 'paid',
    })
    // By the API the same.
    const customer = await stage.customer()
    stage.mark()
    await stage.api.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 7,
      add_invoice_items: [{ price: fee.id }],
    })
    expect(stage.only('customer.subscription.created').object['status']).toBe('trialing')
    expect(stage.only('invoice.paid').object['amount_paid']).toBe(500)
  },
}

const warned: Scenario = {
  rows: [12],
  title: 'The end of a trial is announced three days before, or at once where less is left',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    const items = [{ price: (await stage.price()).id }]
    const long = await api.subscriptions.create({
      customer: customer.id,
      items,
      trial_period_days: 10,
    })
    stage.mark()
    await stage.advance({ seconds: 7 * DAY - 1 })
    stage.none('customer.subscription.trial_will_end')
    await stage.advance({ seconds: 1 })
    const warning = stage.only('customer.subscription.trial_will_end')
    // It announces, and changes nothing.
    expect(warning.object).toMatchObject({ id: long.id, status: 'trialing' })
    expect(warning.created).toBe((long.trial_end ?? 0) - 3 * DAY)
    stage.none('customer.subscription.updated', 'invoice.created')

    // Shortened to less than three days: at once.
    const other = await api.subscriptions.create({
      customer: customer.id,
      items,
      trial_period_days: 30,
    })
    stage.mark()
    await api.subscriptions.update(other.id, { trial_end: stage.sandbox.now() + 2 * DAY })
    expect(stage.only('customer.subscription.trial_will_end').object).toMatchObject({
      id: other.id,
      status: 'trialing',
      trial_end: stage.sandbox.now() + 2 * DAY,
    })
    // Ended early: in the same transaction that collects the payment.
    stage.mark()
    await api.subscriptions.update(long.id, { trial_end: 'now' })
    stage.inOrder('customer.subscription.trial_will_end', 'payment_intent.succeeded')
    expect(stage.only('customer.subscription.trial_will_end').created).toBe(
      stage.only('payment_intent.succeeded').created,
    )
  },
}

export const BUYING_TRIALS: readonly Scenario[] = [withCard, withoutCard, withFee, warned]
