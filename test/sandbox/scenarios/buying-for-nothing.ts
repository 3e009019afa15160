import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

const goods: Scenario = {
  rows: [33],
  title: 'A purchase that a coupon pays in full completes, and that is all that happens',
  async play(stage) {
    const { api } = stage
    const price = await api.prices.create({
      currency: 'usd',
      unit_amount: 1_500,
      product_data: { name: 'Book' },
    })
    const coupon = await api.coupons.create({ percent_off: 100, duration: 'once' })
    const session = await stage.checkout({
      mode: 'payment',
      line_items: [{ price: price.id, quantity: 1 }],
      discounts: [{ coupon: coupon.id }],
    })
    expect(session).toMatchObject({ payment_status: 'no_payment_required', amount_total: 0 })
    stage.mark()
    await stage.sandbox.pay(session, { paymentMethod: null })
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      amount_subtotal: 1_500,
      amount_total: 0,
      payment_intent: null,
      // An older page of the docs has a customer made here; the sandbox makes none.
      customer: null,
    })
    expect(
      stage.types().filter((type) => /^(payment_intent|charge|setup_intent|invoice)/u.test(type)),
    ).toEqual([])
    await stage.advance({ days: 7 })
    stage.none('checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed')
  },
}

const subscription: Scenario = {
  rows: [34],
  title: 'A subscription that a coupon pays in full is active, its invoices paid with nothing',
  async play(stage) {
    const { api } = stage
    const price = await stage.price()
    const coupon = await api.coupons.create({ percent_off: 100, duration: 'forever' })
    for (const collection of ['always', 'if_required'] as const) {
      const session = await stage.checkout({
        line_items: [{ price: price.id, quantity: 1 }],
        discounts: [{ coupon: coupon.id }],
        payment_method_collection: collection,
      })
      stage.mark()
      await stage.sandbox.pay(session, collection === 'always' ? {} : { paymentMethod: null })
      // Some integrations report `paid`; the sandbox says what the enum's text says.
      expect(stage.only('checkout.session.completed').object).toMatchObject({
        status: 'complete',
        payment_status: 'no_payment_required',
        amount_total: 0,
        payment_intent: null,
      })
      expect(stage.only('customer.subscription.created').object['status']).toBe('active')
      stage.inOrder(
        'invoice.created',
        'invoice.finalized',
        'invoice.paid',
        'invoice.payment_succeeded',
      )
      expect(stage.only('invoice.paid').object).toMatchObject({
        status: 'paid',
        subtotal: 2_900,
        total: 0,
        amount_due: 0,
        amount_paid: 0,
        billing_reason: 'subscription_create',
      })
      stage.none('payment_intent.created', 'charge.succeeded', 'invoice_payment.paid')
      expect(stage.since('setup_intent.succeeded')).toHaveLength(collection === 'always' ? 1 : 0)
    }
    stage.mark()
    await stage.advance({ days: 28, hours: 1 })
    expect(stage.since('invoice.paid').map(({ object }) => object)).toMatchObject([
      { amount_paid: 0, billing_reason: 'subscription_cycle' },
      { amount_paid: 0, billing_reason: 'subscription_cycle' },
    ])
  },
}

export const BUYING_FOR_NOTHING: readonly Scenario[] = [goods, subscription]
