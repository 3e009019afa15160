import { beforeEach, describe, expect, it } from 'vitest'
import { call, ok, type Params } from '../support/call.ts'
import { expectTrueShapes, openShop, START, type Shop } from './checkout-fixture.ts'

const HOUR = 3_600
let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})

const basket = () => ({ mode: 'payment', line_items: [{ price: shop.once, quantity: 2 }] })
const post = (path: string, params: Params = {}) => call(shop.sandbox, 'POST', path, params)

async function refusal(
  params: Params,
): Promise<{ param?: string; code?: string; message: string }> {
  const { status, body } = await post('/v1/checkout/sessions', {
    success_url: 'https://app.test/thanks',
    ...params,
  })
  expect(status).toBe(400)
  expect(body.error.type).toBe('invalid_request_error')
  return body.error
}

describe('a session that was made', () => {
  it('is open, tells its amounts and a page of this sandbox, and emits nothing', async () => {
    const session = await shop.create({
      ...basket(),
      metadata: { order: '7' },
      customer_email: 'ada@example.com',
      cancel_url: 'https://app.test/back',
    })
    expect(session).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      amount_subtotal: 3_000,
      amount_total: 3_000,
      currency: 'usd',
      customer_email: 'ada@example.com',
      expires_at: START + 24 * HOUR,
      metadata: { order: '7' },
      payment_intent: null,
      ui_mode: 'hosted_page',
      url: `http://sandbox.invalid/c/pay/${session.id}`,
    })
    expect(shop.told()).toEqual([])
    await expectTrueShapes(shop, session)
  })

  it('lists its line items, and shows them where they are expanded', async () => {
    const { id } = await shop.create(basket())
    const listed = await ok(shop.sandbox, 'GET', `/v1/checkout/sessions/${id}/line_items`)
    expect(listed.data).toMatchObject([
      { amount_total: 3_000, quantity: 2, description: 'Pro', price: { id: shop.once } },
    ])
    const expanded = await ok(shop.sandbox, 'GET', `/v1/checkout/sessions/${id}`, {
      expand: ['line_items'],
    })
    expect(expanded.line_items.data).toEqual(listed.data)
    await expectTrueShapes(shop, expanded)
  })

  it('is found by customer, status, payment intent and the email of its buyer', async () => {
    const customer = await ok(shop.sandbox, 'POST', '/v1/customers', { email: 'ada@example.com' })
    const open = await shop.create(basket())
    const paid = await shop.buy({ ...basket(), customer: customer.id })
    const found = async (params: Params) =>
      (await ok(shop.sandbox, 'GET', '/v1/checkout/sessions', params)).data.map(
        (session: { id: string }) => session.id,
      )
    expect(await found({})).toEqual([paid.id, open.id])
    expect(await found({ status: 'open' })).toEqual([open.id])
    expect(await found({ customer: customer.id })).toEqual([paid.id])
    expect(await found({ payment_intent: paid.payment_intent })).toEqual([paid.id])
    expect(await found({ customer_details: { email: 'ada@example.com' } })).toEqual([paid.id])
  })

  it('takes new metadata, and other lines while it is open', async () => {
    const session = await shop.create({ ...basket(), metadata: { a: '1', b: '2' } })
    const { data } = await ok(shop.sandbox, 'GET', `/v1/checkout/sessions/${session.id}/line_items`)
    const { body } = await post(`/v1/checkout/sessions/${session.id}`, {
      metadata: { a: '', c: '3' },
      line_items: [{ id: data[0].id, quantity: 5 }],
    })
    expect(body).toMatchObject({ metadata: { b: '2', c: '3' }, amount_total: 7_500 })
  })
})

describe('amounts', () => {
  it('take an amount off, then tax what is left, to the cent', async () => {
    const coupon = await ok(shop.sandbox, 'POST', '/v1/coupons', {
      amount_off: 1_001,
      currency: 'usd',
    })
    const rate = await ok(shop.sandbox, 'POST', '/v1/tax_rates', {
      display_name: 'Sales tax',
      percentage: 8.25,
      inclusive: false,
    })
    const session = await shop.create({
      mode: 'payment',
      line_items: [{ price: shop.once, quantity: 2, tax_rates: [rate.id] }],
      discounts: [{ coupon: coupon.id }],
    })
    // 30.00 − 10.01 = 19.99; 8.25 % of it is 1.65 (1.649).
    expect(session).toMatchObject({
      amount_subtotal: 3_000,
      amount_total: 2_164,
      total_details: { amount_discount: 1_001, amount_tax: 165, amount_shipping: 0 },
    })
  })

  it('contain an inclusive tax', async () => {
    const rate = await ok(shop.sandbox, 'POST', '/v1/tax_rates', {
      display_name: 'VAT',
      percentage: 20,
      inclusive: true,
    })
    const session = await shop.create({
      mode: 'payment',
      line_items: [{ price: shop.once, quantity: 2, tax_rates: [rate.id] }],
    })
    expect(session).toMatchObject({ amount_total: 3_000, total_details: { amount_tax: 500 } })
  })

  it('change with a promotion code that the buyer types in', async () => {
    const coupon = await ok(shop.sandbox, 'POST', '/v1/coupons', { percent_off: 50 })
    await ok(shop.sandbox, 'POST', '/v1/promotion_codes', {
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'HALF',
    })
    const session = await shop.create({ ...basket(), allow_promotion_codes: true })
    const wrong = await shop.confirm(session.id, {
      payment_method: 'pm_card_visa',
      promotion_code: 'nope',
    })
    expect(wrong.body.error).toMatchObject({ param: 'promotion_code' })
    const { body } = await shop.confirm(session.id, {
      payment_method: 'pm_card_visa',
      promotion_code: 'half',
    })
    expect(body).toMatchObject({ status: 'complete', amount_total: 1_500 })
    const redeemed = await ok(shop.sandbox, 'GET', `/v1/coupons/${coupon.id}`)
    expect(redeemed.times_redeemed).toBe(1)
  })
})

describe('the end of an open session (row 5)', () => {
  it('comes by itself after 24 hours', async () => {
    const session = await shop.create(basket())
    await shop.sandbox.advance({ seconds: 24 * HOUR - 1 })
    expect((await shop.read(session.id)).status).toBe('open')
    await shop.sandbox.advance({ seconds: 1 })
    const expired = await shop.read(session.id)
    expect(expired).toMatchObject({ status: 'expired', payment_status: 'unpaid', url: null })
    expect(shop.told()).toEqual(['checkout.session.expired'])
    expect(shop.last('checkout.session.expired')).toMatchObject({
      created: START + 24 * HOUR,
      request: { id: null },
    })
    await expectTrueShapes(shop, expired)
  })

  it('comes when it was asked for, and by a call, and gives up the payment under way', async () => {
    const session = await shop.create({ ...basket(), expires_at: START + HOUR })
    await shop.confirm(session.id, { payment_method: 'pm_card_chargeDeclined' })
    shop.mark()
    const { body } = await post(`/v1/checkout/sessions/${session.id}/expire`)
    expect(body.status).toBe('expired')
    expect(shop.told()).toEqual(['checkout.session.expired', 'payment_intent.canceled'])
    await shop.sandbox.advance({ hours: 2 })
    expect(shop.told()).toHaveLength(2)
  })

  it('never comes to a session that is complete', async () => {
    const session = await shop.buy(basket())
    const { status, body } = await post(`/v1/checkout/sessions/${session.id}/expire`)
    expect(status).toBe(400)
    expect(body.error.message).toContain('status of `complete`')
    await shop.sandbox.advance({ hours: 30 })
    expect((await shop.read(session.id)).status).toBe('complete')
  })

  it('refuses a payment afterwards', async () => {
    const session = await shop.create(basket())
    await post(`/v1/checkout/sessions/${session.id}/expire`)
    const { status, body } = await shop.confirm(session.id)
    expect([status, body.error.code]).toEqual([400, 'checkout_session_expired'])
  })

  it('offers a way back where recovery is enabled', async () => {
    const session = await shop.create({
      ...basket(),
      after_expiration: { recovery: { enabled: true } },
    })
    const { body } = await post(`/v1/checkout/sessions/${session.id}/expire`)
    expect(body.after_expiration.recovery).toMatchObject({
      enabled: true,
      expires_at: START + 30 * 24 * HOUR,
      url: `http://sandbox.invalid/c/recover/${session.id}`,
    })
    await expectTrueShapes(shop, body)
  })
})

describe('what Stripe refuses', () => {
  it('names the parameter at fault', async () => {
    const price = shop.once
    expect(await refusal({ mode: 'payment' })).toMatchObject({ param: 'line_items' })
    expect(await refusal({ ...basket(), mode: 'subscription' })).toMatchObject({
      param: 'line_items',
    })
    expect(
      await refusal({ mode: 'payment', line_items: [{ price: shop.monthly, quantity: 1 }] }),
    ).toMatchObject({ param: 'line_items[0][price]' })
    expect(
      await refusal({ mode: 'payment', line_items: [{ price: 'price_none', quantity: 1 }] }),
    ).toMatchObject({ code: 'resource_missing', param: 'line_items[0][price]' })
    expect(await refusal({ mode: 'payment', line_items: [{ price }] })).toMatchObject({
      code: 'parameter_missing',
      param: 'line_items[0][quantity]',
    })
    expect(await refusal({ ...basket(), customer: 'cus_none' })).toMatchObject({
      code: 'resource_missing',
      param: 'customer',
    })
    expect(await refusal({ ...basket(), expires_at: START + 60 })).toMatchObject({
      param: 'expires_at',
    })
    expect(await refusal({ ...basket(), success_url: 'thanks' })).toMatchObject({
      code: 'url_invalid',
      param: 'success_url',
    })
    expect(await refusal({ ...basket(), subscription_data: { description: 'x' } })).toMatchObject({
      param: 'subscription_data',
    })
    expect(
      await refusal({ ...basket(), allowed_payment_method_types: ['sepa_debit'] }),
    ).toMatchObject({ param: 'allowed_payment_method_types' })
    expect(await refusal({ ...basket(), payment_method_types: ['card'] })).toMatchObject({
      code: 'parameter_unknown',
      param: 'payment_method_types',
    })
    expect(shop.told()).toEqual([])
  })

  it('takes payment_method_types from callers that name no version', async () => {
    const session = await shop.create({ ...basket(), payment_method_types: ['card'] }, null)
    expect(session.payment_method_types).toEqual(['card'])
  })

  it('holds a payment against the amount that was expected', async () => {
    const session = await shop.create(basket())
    const { status, body } = await shop.confirm(session.id, {
      payment_method: 'pm_card_visa',
      expected_amount: 2_999,
    })
    expect([status, body.error.param]).toEqual([400, 'expected_amount'])
    expect((await shop.read(session.id)).status).toBe('open')
  })

  it('refuses a payment method that the session does not take', async () => {
    const session = await shop.create(basket())
    const { status, body } = await shop.confirm(session.id, {
      payment_method: 'pm_sepaDebit_success_at',
    })
    expect([status, body.error.param]).toEqual([400, 'payment_method'])
  })
})
