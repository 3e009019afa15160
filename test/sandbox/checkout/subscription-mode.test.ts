import { beforeEach, describe, expect, it } from 'vitest'
import { completeAuthentication } from '../../../src/sandbox/resources/payment-intents/complete-authentication.ts'
import { call, ok } from '../support/call.ts'
import { expectInOrder, expectTrueShapes, openShop, START, type Shop } from './checkout-fixture.ts'

const DAY = 86_400
let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})

const pro = () => ({ mode: 'subscription', line_items: [{ price: shop.monthly, quantity: 1 }] })
const read = (path: string) => ok(shop.sandbox, 'GET', path)

describe('a subscription by card', () => {
  it('is made after the money, already active, with a paid first invoice (row 1)', async () => {
    const session = await shop.buy({
      ...pro(),
      customer_email: 'ada@example.com',
      subscription_data: { metadata: { customer_id: 'ada' }, description: 'Pro' },
    })
    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      amount_total: 2_900,
      payment_intent: null,
    })
    const told = shop.told()
    expectInOrder(told, [
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
      'checkout.session.completed',
    ])
    expect(told).toContain('customer.created')
    expect(told).toContain('payment_method.attached')
    expect(told).toContain('invoice_payment.paid')
    expect(told.filter((type) => type === 'payment_intent.created')).toHaveLength(1)
    expect(shop.last('customer.subscription.created').data.object).toMatchObject({
      status: 'active',
      metadata: { customer_id: 'ada' },
      description: 'Pro',
    })
    const subscription = await read(`/v1/subscriptions/${session.subscription}`)
    expect(subscription).toMatchObject({ status: 'active', latest_invoice: session.invoice })
    expect(subscription.default_payment_method).toMatch(/^pm_/u)
    const invoice = await read(`/v1/invoices/${session.invoice}`)
    expect(invoice).toMatchObject({
      status: 'paid',
      amount_paid: 2_900,
      billing_reason: 'subscription_create',
    })
    await expectTrueShapes(shop, session, subscription, invoice)
  })

  it('leaves no subscription and no invoice behind a decline (row 4)', async () => {
    const session = await shop.create(pro())
    const { status } = await shop.confirm(session.id, { payment_method: 'pm_card_chargeDeclined' })
    expect(status).toBe(402)
    expect(shop.told().filter((type) => /subscription|invoice|checkout/u.test(type))).toEqual([])
    const { body } = await shop.confirm(session.id)
    expect(body).toMatchObject({ status: 'complete', payment_status: 'paid' })
    expect(shop.told().filter((type) => type === 'customer.created')).toHaveLength(1)
  })

  it('has neither subscription nor invoice while 3D Secure is asked for (row 3)', async () => {
    const session = await shop.buy(pro(), 'pm_card_authenticationRequired')
    expect(session).toMatchObject({ status: 'open', subscription: null, invoice: null })
    expect(shop.told()).not.toContain('customer.subscription.created')
    const intent = shop.last('payment_intent.requires_action').data.object
    completeAuthentication(shop.sandbox.world, intent.id ?? '', true)
    const done = await shop.read(session.id)
    expect(done).toMatchObject({ status: 'complete', payment_status: 'paid' })
    expect((await read(`/v1/subscriptions/${done.subscription}`)).status).toBe('active')
  })

  it('serves an existing customer and makes no other (row 6)', async () => {
    const customer = await ok(shop.sandbox, 'POST', '/v1/customers', { email: 'ada@example.com' })
    shop.mark()
    const session = await shop.buy({ ...pro(), customer: customer.id })
    expect(session.customer).toBe(customer.id)
    expect(shop.told()).not.toContain('customer.created')
  })

  it('bills a one-time price with the first invoice (row 8)', async () => {
    const session = await shop.buy({
      mode: 'subscription',
      line_items: [
        { price: shop.monthly, quantity: 3 },
        { price: shop.once, quantity: 1 },
      ],
    })
    expect(session.amount_total).toBe(3 * 2_900 + 1_500)
    const invoice = await read(`/v1/invoices/${session.invoice}`)
    expect(invoice).toMatchObject({ total: 10_200, amount_paid: 10_200, status: 'paid' })
    const subscription = await read(`/v1/subscriptions/${session.subscription}`)
    expect(subscription.items.data.map((item: { quantity: number }) => item.quantity)).toEqual([3])
  })

  it('sells a price made for the line alone', async () => {
    const session = await shop.buy({
      mode: 'subscription',
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: 'usd',
            unit_amount: 777,
            recurring: { interval: 'week' },
            product_data: { name: 'Made to measure' },
          },
        },
      ],
    })
    const { items } = await read(`/v1/subscriptions/${session.subscription}`)
    const [item] = items.data
    expect(item.current_period_end).toBe(START + 7 * DAY)
    expect(await read(`/v1/prices/${item.price.id}`)).toMatchObject({ active: false })
  })

  it('takes a discount and a tax, the same on the session and on the invoice', async () => {
    const coupon = await ok(shop.sandbox, 'POST', '/v1/coupons', { percent_off: 15 })
    const rate = await ok(shop.sandbox, 'POST', '/v1/tax_rates', {
      display_name: 'VAT',
      percentage: 19,
      inclusive: false,
    })
    const session = await shop.buy({
      mode: 'subscription',
      line_items: [{ price: shop.monthly, quantity: 1, tax_rates: [rate.id] }],
      discounts: [{ coupon: coupon.id }],
    })
    // 29.00 − 4.35 = 24.65; 19 % of it is 4.68 (4.6835).
    expect(session).toMatchObject({
      amount_subtotal: 2_900,
      amount_total: 2_933,
      total_details: { amount_discount: 435, amount_tax: 468 },
      payment_status: 'paid',
    })
    const invoice = await read(`/v1/invoices/${session.invoice}`)
    expect(invoice).toMatchObject({ subtotal: 2_900, total: 2_933, amount_paid: 2_933 })
    await expectTrueShapes(shop, session, invoice)
  })
})

describe('a version before basil (row 2)', () => {
  const OLD = '2024-06-20'

  it('makes an incomplete subscription first and activates it with the payment', async () => {
    const session = await shop.buy(pro(), 'pm_card_visa', OLD)
    expectInOrder(shop.told(), [
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
      'customer.subscription.updated',
      'checkout.session.completed',
    ])
    expect(shop.last('customer.subscription.created').data.object).toMatchObject({
      status: 'incomplete',
    })
    expect(shop.last('customer.subscription.updated').data).toMatchObject({
      object: { status: 'active' },
      previous_attributes: { status: 'incomplete' },
    })
    expect(session).toMatchObject({ status: 'complete', payment_status: 'paid' })
  })

  it('uses the same subscription for a second attempt', async () => {
    const session = await shop.create(pro(), OLD)
    expect(
      (await shop.confirm(session.id, { payment_method: 'pm_card_chargeDeclined' })).status,
    ).toBe(402)
    expect(await shop.read(session.id)).toMatchObject({ status: 'open' })
    const { body } = await shop.confirm(session.id)
    expect(body).toMatchObject({ status: 'complete', payment_status: 'paid' })
    expect(shop.told().filter((type) => type === 'customer.subscription.created')).toHaveLength(1)
  })

  it('ends the subscription as incomplete_expired when the session expires (row 5)', async () => {
    const session = await shop.create(pro(), OLD)
    await shop.confirm(session.id, { payment_method: 'pm_card_chargeDeclined' })
    await ok(shop.sandbox, 'POST', `/v1/checkout/sessions/${session.id}/expire`)
    expect(shop.last('customer.subscription.updated').data.object).toMatchObject({
      status: 'incomplete_expired',
    })
    expect(shop.told()).toContain('invoice.voided')
  })
})

describe('a trial', () => {
  it('sets the card up, charges nothing, and starts trialing (row 9)', async () => {
    const session = await shop.buy({ ...pro(), subscription_data: { trial_period_days: 14 } })
    expect(session).toMatchObject({
      payment_status: 'no_payment_required',
      amount_total: 0,
      setup_intent: null,
    })
    expectInOrder(shop.told(), [
      'setup_intent.created',
      'payment_method.attached',
      'setup_intent.succeeded',
      'customer.subscription.created',
      'invoice.created',
      'invoice.paid',
      'checkout.session.completed',
    ])
    const subscription = await read(`/v1/subscriptions/${session.subscription}`)
    expect(subscription).toMatchObject({ status: 'trialing', trial_end: START + 14 * DAY })
    expect(await read(`/v1/invoices/${session.invoice}`)).toMatchObject({
      status: 'paid',
      amount_paid: 0,
      billing_reason: 'subscription_create',
    })
    expect(shop.told().filter((type) => type.startsWith('payment_intent'))).toEqual([])
    await expectTrueShapes(shop, session, subscription)
  })

  it('starts without a card where one is only collected if required (row 10)', async () => {
    const session = await shop.create({
      ...pro(),
      payment_method_collection: 'if_required',
      subscription_data: {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
      },
    })
    const { body } = await shop.confirm(session.id, {})
    expect(body).toMatchObject({ status: 'complete', payment_status: 'no_payment_required' })
    expect(shop.told().filter((type) => /setup_intent|payment_method/u.test(type))).toEqual([])
    const subscription = await read(`/v1/subscriptions/${body.subscription}`)
    expect(subscription).toMatchObject({ status: 'trialing', default_payment_method: null })
    expect(subscription.trial_settings.end_behavior.missing_payment_method).toBe('pause')
  })

  it('bills a one-time fee at once (row 11)', async () => {
    const session = await shop.buy({
      mode: 'subscription',
      line_items: [
        { price: shop.monthly, quantity: 1 },
        { price: shop.once, quantity: 1 },
      ],
      subscription_data: { trial_period_days: 7 },
    })
    expect(session).toMatchObject({ payment_status: 'paid', amount_total: 1_500 })
    expect(await read(`/v1/subscriptions/${session.subscription}`)).toMatchObject({
      status: 'trialing',
    })
    expect(await read(`/v1/invoices/${session.invoice}`)).toMatchObject({ amount_paid: 1_500 })
  })
})

describe('a subscription that costs nothing now', () => {
  it('is active at once with 100 % off (row 34)', async () => {
    const coupon = await ok(shop.sandbox, 'POST', '/v1/coupons', { percent_off: 100 })
    const session = await shop.create({
      ...pro(),
      discounts: [{ coupon: coupon.id }],
      payment_method_collection: 'if_required',
    })
    const { body } = await shop.confirm(session.id, {})
    expect(body).toMatchObject({ payment_status: 'no_payment_required', payment_intent: null })
    expect(await read(`/v1/subscriptions/${body.subscription}`)).toMatchObject({ status: 'active' })
    expect(await read(`/v1/invoices/${body.invoice}`)).toMatchObject({
      status: 'paid',
      amount_paid: 0,
    })
  })

  it('has no invoice where all is billed by usage (row 36)', async () => {
    const meter = await ok(shop.sandbox, 'POST', '/v1/billing/meters', {
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    })
    const metered = await ok(shop.sandbox, 'POST', '/v1/prices', {
      product: shop.product,
      currency: 'usd',
      unit_amount: 1,
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    })
    shop.mark()
    const session = await shop.buy({ mode: 'subscription', line_items: [{ price: metered.id }] })
    expect(session).toMatchObject({ invoice: null, payment_status: 'no_payment_required' })
    expect(shop.told()).not.toContain('invoice.created')
    const subscription = await read(`/v1/subscriptions/${session.subscription}`)
    expect(subscription.status).toBe('active')
    const refused = await call(shop.sandbox, 'POST', '/v1/checkout/sessions', {
      mode: 'subscription',
      success_url: 'https://app.test',
      line_items: [{ price: metered.id, quantity: 1 }],
    })
    expect(refused.body.error.param).toBe('line_items[0][quantity]')
  })
})

describe('a subscription by bank debit', () => {
  const debit = () => ({
    mode: 'subscription',
    allowed_payment_method_types: ['sepa_debit'],
    line_items: [{ price: shop.euro, quantity: 1 }],
  })

  it('is active with an open invoice while the bank works (row 21), then paid (row 22)', async () => {
    const session = await shop.buy(debit(), 'pm_sepaDebit_success_at')
    expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
    expect(await read(`/v1/subscriptions/${session.subscription}`)).toMatchObject({
      status: 'active',
    })
    expect(await read(`/v1/invoices/${session.invoice}`)).toMatchObject({ status: 'open' })
    shop.mark()
    await shop.sandbox.advance({ seconds: 5 })
    expectInOrder(shop.told(), [
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
      'checkout.session.async_payment_succeeded',
    ])
    expect(await read(`/v1/invoices/${session.invoice}`)).toMatchObject({ status: 'paid' })
    expect((await shop.read(session.id)).payment_status).toBe('paid')
    await expectTrueShapes(shop)
  })

  it('tells of a failure by the invoice and the session (row 23)', async () => {
    const session = await shop.buy(debit(), 'pm_sepaDebit_failed_at')
    shop.mark()
    await shop.sandbox.advance({ seconds: 5 })
    expectInOrder(shop.told(), [
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.payment_failed',
      'checkout.session.async_payment_failed',
    ])
    expect(await shop.read(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    })
    expect(await read(`/v1/subscriptions/${session.subscription}`)).toMatchObject({
      status: 'active',
    })
  })
})
