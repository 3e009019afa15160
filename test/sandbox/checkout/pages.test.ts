import type { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import { createPages, stockShop } from '../../../src/sandbox/pages/index.ts'
import { ok } from '../support/call.ts'
import { openShop, type Shop } from './checkout-fixture.ts'

let shop: Shop
let pages: Hono
beforeEach(async () => {
  shop = await openShop()
  pages = createPages({ world: shop.sandbox.world })
})

const get = (url: string) => pages.fetch(new Request(new URL(url, 'http://sandbox.invalid')))
const post = (url: string, fields: Record<string, string>) =>
  pages.fetch(
    new Request(new URL(url, 'http://sandbox.invalid'), {
      method: 'POST',
      body: new URLSearchParams(fields),
    }),
  )
const card = (number: string) => ({
  email: 'ada@example.com',
  method: 'card',
  card: number,
  expiry: '12/34',
  cvc: '123',
  pay: '1',
})
const basket = () => ({ mode: 'payment', line_items: [{ price: shop.once, quantity: 2 }] })

describe('the Checkout page', () => {
  it('pays and goes on to the success address with the id of the session', async () => {
    const session = await shop.create({
      ...basket(),
      success_url: 'https://app.test/thanks?session_id={CHECKOUT_SESSION_ID}',
    })
    const response = await post(session.url, card('4242 4242 4242 4242'))
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      `https://app.test/thanks?session_id=${session.id}`,
    )
    const done = await shop.read(session.id)
    expect(done.customer_details.email).toBe('ada@example.com')
    expect(shop.last('checkout.session.completed').request.id).toMatch(/^req_/u)
    expect(await (await get(session.url)).text()).toContain('All done')
  })

  it('says why a card was declined and stays', async () => {
    const session = await shop.create(basket())
    const response = await post(session.url, card('4000 0000 0000 9995'))
    expect([response.status, await response.text()]).toEqual([
      402,
      expect.stringContaining('insufficient funds'),
    ])
    expect((await shop.read(session.id)).status).toBe('open')
  })

  it('refuses numbers that are none, and a purchase without an email', async () => {
    const session = await shop.create(basket())
    const wrong = await post(session.url, card('4242 4242 4242 4241'))
    expect(await wrong.text()).toContain('Your card number is incorrect.')
    const nameless = await post(session.url, { ...card('4242 4242 4242 4242'), email: '' })
    expect(await nameless.text()).toContain('Enter your email address.')
    expect((await shop.read(session.id)).status).toBe('open')
  })

  it('writes nothing into the page that a name or product could smuggle in', async () => {
    const product = await ok(shop.sandbox, 'POST', '/v1/products', { name: '<script>x</script>' })
    const session = await shop.create({
      mode: 'payment',
      cancel_url: 'https://app.test/"><b>',
      line_items: [
        { price_data: { currency: 'usd', unit_amount: 100, product: product.id }, quantity: 1 },
      ],
    })
    const page = await (await get(session.url)).text()
    expect(page).not.toContain('<script>')
    expect(page).not.toContain('"><b>')
    const back = await (
      await post(session.url, { ...card('1'), name: '"><script>alert(1)</script>' })
    ).text()
    expect(back).not.toContain('<script>')
  })

  it('takes the quantity and the promotion code that the buyer chooses', async () => {
    const coupon = await ok(shop.sandbox, 'POST', '/v1/coupons', { percent_off: 10 })
    await ok(shop.sandbox, 'POST', '/v1/promotion_codes', {
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'TEN',
    })
    const session = await shop.create({
      mode: 'payment',
      allow_promotion_codes: true,
      line_items: [
        {
          price: shop.once,
          quantity: 1,
          adjustable_quantity: { enabled: true, minimum: 1, maximum: 5 },
        },
      ],
    })
    const { data } = await ok(shop.sandbox, 'GET', `/v1/checkout/sessions/${session.id}/line_items`)
    const quantity = `quantity-${data[0].id}`
    const applied = await post(session.url, { [quantity]: '4', promotion: 'ten', apply: '1' })
    expect(await applied.text()).toContain('$54.00')
    const tooMany = await post(session.url, { ...card('4242424242424242'), [quantity]: '6' })
    expect(await tooMany.text()).toContain('between 1 and 5')
    await post(session.url, { ...card('4242424242424242'), [quantity]: '4', promotion: 'ten' })
    expect(await shop.read(session.id)).toMatchObject({ status: 'complete', amount_total: 5_400 })
  })

  it('is gone once the session has expired, and can be recovered where that was offered', async () => {
    const session = await shop.create({
      ...basket(),
      after_expiration: { recovery: { enabled: true } },
    })
    await shop.sandbox.advance({ days: 1 })
    expect((await get(session.url)).status).toBe(410)
    const { after_expiration: after } = await shop.read(session.id)
    const recovered = await get(after.recovery.url)
    const id = /cs_test_\w+/u.exec(recovered.headers.get('location') ?? '')?.[0] ?? ''
    expect(await shop.read(id)).toMatchObject({
      status: 'open',
      recovered_from: session.id,
      amount_total: 3_000,
    })
  })

  it('answers unknown addresses with a page that says so', async () => {
    for (const path of [
      '/c/pay/cs_test_none',
      '/p/session/bps_none',
      '/_sandbox/authenticate/pi_none',
      '/shop/thanks?session_id=cs_test_none',
    ]) {
      expect((await get(path)).status, path).toBe(404)
    }
  })
})

describe('the sample shop', () => {
  beforeEach(() => {
    stockShop(shop.sandbox.world)
  })

  it('is stocked once, with the same ids in every sandbox', async () => {
    stockShop(shop.sandbox.world)
    const { data } = await ok(shop.sandbox, 'GET', '/v1/prices', { lookup_keys: ['pro_monthly'] })
    expect(data).toMatchObject([
      { id: 'price_sample_pro_monthly', product: 'prod_sample_pro', unit_amount: 2_900 },
    ])
  })

  it("stamps the app's customer on all that it sells", async () => {
    const response = await post('/shop', { customer: 'user_7', offer: 'pro' })
    const id = /cs_test_\w+/u.exec(response.headers.get('location') ?? '')?.[0] ?? ''
    const { body } = await shop.confirm(id)
    expect(body).toMatchObject({
      client_reference_id: 'user_7',
      metadata: { customer_id: 'user_7' },
      success_url: 'http://sandbox.invalid/shop/thanks?session_id={CHECKOUT_SESSION_ID}',
    })
    const subscription = await ok(shop.sandbox, 'GET', `/v1/subscriptions/${body.subscription}`)
    expect(subscription.metadata).toEqual({ customer_id: 'user_7' })
  })

  it('sells each of its offers', async () => {
    const page = await (await get('/shop')).text()
    const offers = [...page.matchAll(/name="offer"\s+value="(\w+)"/gu)].map(
      ([, offer]) => offer ?? '',
    )
    expect(offers).toHaveLength(5)
    for (const offer of offers) {
      const response = await post('/shop', { customer: 'ada', offer })
      const id = /cs_test_\w+/u.exec(response.headers.get('location') ?? '')?.[0] ?? ''
      const { body } = await shop.confirm(id)
      expect(body.status, offer).toBe('complete')
    }
  })

  it('shows the access that the service answers, and asks again while it waits', async () => {
    let status = 'unknown'
    const attached = createPages({
      world: shop.sandbox.world,
      checkoutStatus: async (session) => ({ session, status }),
      access: async (customer) => ({
        customer,
        features: { export: { allowed: true, state: 'granted', value: true, until: null } },
      }),
    })
    const { id } = await shop.buy({ ...basket(), client_reference_id: 'ada' })
    const thanks = async () =>
      (
        await attached.fetch(new Request(`http://sandbox.invalid/shop/thanks?session_id=${id}`))
      ).text()
    expect(await thanks()).toContain('http-equiv="refresh"')
    status = 'complete'
    const page = await thanks()
    expect(page).toContain('allowed')
    expect(page).not.toContain('http-equiv="refresh"')
  })

  it('says so where the service cannot be asked', async () => {
    const attached = createPages({
      world: shop.sandbox.world,
      access: async () => {
        throw new Error('the service is down')
      },
    })
    const { id } = await shop.buy({ ...basket(), client_reference_id: 'ada' })
    const url = `http://sandbox.invalid/shop/thanks?session_id=${id}`
    const response = await attached.fetch(new Request(url))
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining('the service is down'),
    ])
  })
})
