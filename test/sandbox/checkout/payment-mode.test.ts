import { beforeEach, describe, expect, it } from 'vitest'
import { completeAuthentication } from '../../../src/sandbox/resources/payment-intents/complete-authentication.ts'
import { ok } from '../support/call.ts'
import { expectInOrder, expectTrueShapes, openShop, type Shop } from './checkout-fixture.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})

const twice = () => ({ mode: 'payment', line_items: [{ price: shop.once, quantity: 2 }] })

describe('a payment by card', () => {
  it('completes the session as paid, and a guest stays without a customer (rows 29, 32)', async () => {
    const session = await shop.buy({ ...twice(), client_reference_id: 'ada' })
    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      amount_total: 3_000,
      customer: null,
      client_reference_id: 'ada',
      subscription: null,
      url: null,
    })
    expect(shop.told()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ])
    const intent = await ok(shop.sandbox, 'GET', `/v1/payment_intents/${session.payment_intent}`)
    expect(intent).toMatchObject({ amount: 3_000, amount_received: 3_000, status: 'succeeded' })
    expect(shop.last('checkout.session.completed').data.object).toEqual(await shop.read(session.id))
    await expectTrueShapes(shop, session)
  })

  it('makes a customer where one is asked for, from what was typed in', async () => {
    const session = await shop.buy({
      ...twice(),
      customer_creation: 'always',
      customer_email: 'ada@example.com',
    })
    const customer = await ok(shop.sandbox, 'GET', `/v1/customers/${session.customer}`)
    expect(customer.email).toBe('ada@example.com')
    expect(session.customer_details.email).toBe('ada@example.com')
  })

  it('keeps the card for later where setup_future_usage says so', async () => {
    const session = await shop.buy({
      ...twice(),
      payment_intent_data: { setup_future_usage: 'off_session', metadata: { order: '7' } },
    })
    const intent = await ok(shop.sandbox, 'GET', `/v1/payment_intents/${session.payment_intent}`)
    expect(intent.metadata).toEqual({ order: '7' })
    expect(shop.last('payment_method.attached').data.object).toMatchObject({
      id: intent.payment_method,
      customer: session.customer,
    })
  })

  it('leaves the session open after a decline, and takes another card on the same intent (row 4)', async () => {
    const session = await shop.create(twice())
    const refused = await shop.confirm(session.id, { payment_method: 'pm_card_chargeDeclined' })
    expect(refused.status).toBe(402)
    expect(refused.body.error).toMatchObject({ type: 'card_error', code: 'card_declined' })
    expect(shop.told()).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ])
    const open = await shop.read(session.id)
    expect(open).toMatchObject({ status: 'open', payment_status: 'unpaid' })
    shop.mark()
    const { body: paid } = await shop.confirm(session.id)
    expect(paid).toMatchObject({ status: 'complete', payment_intent: open.payment_intent })
    expect(shop.told()).not.toContain('payment_intent.created')
  })

  it('waits for 3D Secure and completes when it is passed (row 3)', async () => {
    const session = await shop.buy(twice(), 'pm_card_authenticationRequired')
    expect(session.status).toBe('open')
    expect(shop.told()).toEqual(['payment_intent.created', 'payment_intent.requires_action'])
    completeAuthentication(shop.sandbox.world, session.payment_intent, true)
    expect(await shop.read(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
    })
  })

  it('stays open when 3D Secure is not passed, and can be paid then', async () => {
    const session = await shop.buy(twice(), 'pm_card_authenticationRequired')
    completeAuthentication(shop.sandbox.world, session.payment_intent, false)
    expect(await shop.read(session.id)).toMatchObject({ status: 'open', payment_status: 'unpaid' })
    expect((await shop.confirm(session.id)).body.status).toBe('complete')
  })

  it('is unpaid under manual capture until it is captured (row 31)', async () => {
    const session = await shop.buy({
      ...twice(),
      payment_intent_data: { capture_method: 'manual' },
    })
    expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
    await ok(shop.sandbox, 'POST', `/v1/payment_intents/${session.payment_intent}/capture`)
    expect((await shop.read(session.id)).payment_status).toBe('paid')
    expect(shop.told()).not.toContain('checkout.session.async_payment_succeeded')
  })
})

describe('an invoice for a payment (row 30)', () => {
  it('is made and paid after the session has completed', async () => {
    const session = await shop.buy({
      ...twice(),
      invoice_creation: { enabled: true, invoice_data: { description: 'Thanks' } },
    })
    expectInOrder(shop.told(), [
      'payment_intent.succeeded',
      'checkout.session.completed',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    ])
    const read = await shop.read(session.id)
    const invoice = await ok(shop.sandbox, 'GET', `/v1/invoices/${read.invoice}`)
    expect(invoice).toMatchObject({
      status: 'paid',
      total: 3_000,
      amount_paid: 3_000,
      billing_reason: 'manual',
      description: 'Thanks',
      customer: session.customer,
    })
    expect(shop.told().filter((type) => type === 'payment_intent.created')).toHaveLength(1)
    await expectTrueShapes(shop, read, invoice)
  })
})

describe('a purchase that costs nothing (row 33)', () => {
  it('completes without an intent and says that no payment was required', async () => {
    const coupon = await ok(shop.sandbox, 'POST', '/v1/coupons', { percent_off: 100 })
    const session = await shop.create({ ...twice(), discounts: [{ coupon: coupon.id }] })
    expect(session).toMatchObject({ amount_total: 0, amount_subtotal: 3_000 })
    shop.mark()
    const { body } = await shop.confirm(session.id, {})
    expect(body).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      payment_intent: null,
    })
    expect(shop.told()).toContain('checkout.session.completed')
    expect(shop.told().filter((type) => /intent|charge/u.test(type))).toEqual([])
  })
})

describe('a bank debit (row 28)', () => {
  const debit = () => ({
    mode: 'payment',
    allowed_payment_method_types: ['sepa_debit'],
    line_items: [
      { price_data: { currency: 'eur', unit_amount: 3_000, product: shop.product }, quantity: 1 },
    ],
  })

  it('completes the session unpaid, and pays it when the bank has paid', async () => {
    const session = await shop.buy(debit(), 'pm_sepaDebit_success_at')
    expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
    expect(shop.told()).toContain('payment_intent.processing')
    shop.mark()
    await shop.sandbox.advance({ seconds: 5 })
    expectInOrder(shop.told(), [
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.async_payment_succeeded',
    ])
    const paid = await shop.read(session.id)
    expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid' })
    expect(shop.last('checkout.session.async_payment_succeeded').data.object).toEqual(paid)
    await expectTrueShapes(shop, paid)
  })

  it('leaves the session complete and unpaid where the bank refuses', async () => {
    const session = await shop.buy(debit(), 'pm_sepaDebit_failed_at')
    shop.mark()
    await shop.sandbox.advance({ seconds: 5 })
    expectInOrder(shop.told(), [
      'charge.failed',
      'payment_intent.payment_failed',
      'checkout.session.async_payment_failed',
    ])
    expect(await shop.read(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    })
    await expectTrueShapes(shop)
  })
})
