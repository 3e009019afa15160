import type { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import { createPages } from '../../../src/sandbox/pages/index.ts'
import { call, ok, type Params } from '../support/call.ts'
import { expectTrueShapes, openShop, type Shop } from './checkout-fixture.ts'

let shop: Shop
let pages: Hono
let customer: string
let subscription: string

beforeEach(async () => {
  shop = await openShop()
  pages = createPages({ world: shop.sandbox.world })
  const bought = await shop.buy({
    mode: 'subscription',
    line_items: [{ price: shop.monthly, quantity: 1 }],
    customer_email: 'ada@example.com',
  })
  customer = bought.customer
  subscription = bought.subscription
  shop.mark()
})

const open = (params: Params = {}) =>
  ok(shop.sandbox, 'POST', '/v1/billing_portal/sessions', {
    customer,
    return_url: 'https://app.test/account',
    ...params,
  })

async function press(url: string, fields: Record<string, string>): Promise<string> {
  const response = await pages.fetch(
    new Request(url, { method: 'POST', body: new URLSearchParams(fields) }),
  )
  const next = response.headers.get('location')
  if (next === null) return response.text()
  return (await pages.fetch(new Request(new URL(next, url)))).text()
}

const read = (path: string) => ok(shop.sandbox, 'GET', path)

describe('a portal session', () => {
  it('links to a page of this sandbox and says that it was made', async () => {
    const session = await open()
    expect(session).toMatchObject({
      customer,
      return_url: 'https://app.test/account',
      url: `http://sandbox.invalid/p/session/${session.id}`,
      flow: null,
    })
    expect(shop.told()).toEqual(['billing_portal.session.created'])
    await expectTrueShapes(shop, session)
  })

  it('takes a flow for a subscription of the customer, and no other', async () => {
    const flow = { type: 'subscription_cancel', subscription_cancel: { subscription } }
    const session = await open({ flow_data: flow })
    expect(session.flow).toMatchObject({
      type: 'subscription_cancel',
      subscription_cancel: { subscription },
    })
    await expectTrueShapes(shop, session)
    const other = await ok(shop.sandbox, 'POST', '/v1/customers')
    const { status, body } = await call(shop.sandbox, 'POST', '/v1/billing_portal/sessions', {
      customer: other.id,
      flow_data: flow,
    })
    expect([status, body.error.param]).toEqual([
      400,
      'flow_data[subscription_cancel][subscription]',
    ])
  })

  it('is refused for a customer that is not there', async () => {
    const { status, body } = await call(shop.sandbox, 'POST', '/v1/billing_portal/sessions', {
      customer: 'cus_none',
    })
    expect([status, body.error.code]).toEqual([400, 'resource_missing'])
  })
})

describe('the portal page', () => {
  it('shows the subscription, the card, the invoice and the way back', async () => {
    const page = await (await pages.fetch(new Request((await open()).url))).text()
    for (const text of ['Pro', 'ending in <strong>4242', '$29.00', 'https://app.test/account']) {
      expect(page).toContain(text)
    }
  })

  it('cancels a flexible subscription by cancel_at, and takes it back (rows 61, 62)', async () => {
    const { url } = await open()
    await press(url, { act: 'cancel', subscription })
    const canceled = await read(`/v1/subscriptions/${subscription}`)
    expect(canceled).toMatchObject({ status: 'active', cancel_at_period_end: false })
    expect(canceled.cancel_at).toBe(canceled.items.data[0].current_period_end)
    expect(canceled.canceled_at).not.toBeNull()
    await press(url, { act: 'keep', subscription })
    expect(await read(`/v1/subscriptions/${subscription}`)).toMatchObject({
      cancel_at: null,
      canceled_at: null,
    })
    expect(shop.told().filter((type) => type === 'customer.subscription.updated')).toHaveLength(2)
    await expectTrueShapes(shop)
  })

  it('changes the plan to another price, and to none that is not offered', async () => {
    const yearly = await ok(shop.sandbox, 'POST', '/v1/prices', {
      product: shop.product,
      currency: 'usd',
      unit_amount: 29_000,
      recurring: { interval: 'year' },
    })
    const { url } = await open()
    expect(await press(url, { act: 'change', subscription, price: shop.euro })).toContain(
      'This cannot be done here.',
    )
    expect(await press(url, { act: 'change', subscription, price: yearly.id })).toContain(
      'Your plan is changed.',
    )
    const { items } = await read(`/v1/subscriptions/${subscription}`)
    expect(items.data).toMatchObject([{ price: { id: yearly.id } }])
  })

  it('saves a card and pays with it from now on', async () => {
    const { url } = await open()
    const fields = { method: 'card', expiry: '12/34', cvc: '123' }
    const before = (await read(`/v1/subscriptions/${subscription}`)).default_payment_method
    expect(await press(url, { act: 'card', ...fields, card: '4000 0000 0000 0002' })).toContain(
      'Your card was declined.',
    )
    expect(await press(url, { act: 'card', ...fields, card: '5555 5555 5555 4444' })).toContain(
      'Mastercard ending in <strong>4444',
    )
    const after = (await read(`/v1/subscriptions/${subscription}`)).default_payment_method
    expect(after).not.toBe(before)
    expect((await read(`/v1/customers/${customer}`)).invoice_settings.default_payment_method).toBe(
      after,
    )
  })

  it('goes back to the app after the act that the session was made for', async () => {
    const { url } = await open({
      flow_data: {
        type: 'subscription_cancel',
        subscription_cancel: { subscription },
        after_completion: { type: 'redirect', redirect: { return_url: 'https://app.test/bye' } },
      },
    })
    const response = await pages.fetch(
      new Request(url, {
        method: 'POST',
        body: new URLSearchParams({ act: 'cancel', subscription }),
      }),
    )
    expect(response.headers.get('location')).toBe('https://app.test/bye')
  })

  it('touches nothing of another customer', async () => {
    const other = await ok(shop.sandbox, 'POST', '/v1/customers')
    const { url } = await open({ customer: other.id })
    expect(await press(url, { act: 'cancel', subscription })).toContain('This cannot be done here.')
    expect(await read(`/v1/subscriptions/${subscription}`)).toMatchObject({ cancel_at: null })
  })
})
