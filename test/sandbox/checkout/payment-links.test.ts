import type { Hono } from 'hono'
import { beforeEach, expect, it } from 'vitest'
import { createPages } from '../../../src/sandbox/pages/index.ts'
import { call, ok } from '../support/call.ts'
import { expectTrueShapes, openShop, type Shop } from './checkout-fixture.ts'

let shop: Shop
let pages: Hono
beforeEach(async () => {
  shop = await openShop()
  pages = createPages({ world: shop.sandbox.world })
})

const post = (path: string, params = {}) => ok(shop.sandbox, 'POST', path, params)

async function visit(url: string): Promise<string> {
  const response = await pages.fetch(new Request(url))
  expect(response.status).toBe(303)
  return /cs_test_\w+/u.exec(response.headers.get('location') ?? '')?.[0] ?? ''
}

it('is created, changed, read and listed with its line items', async () => {
  const link = await post('/v1/payment_links', {
    line_items: [{ price: shop.once, quantity: 2 }],
    metadata: { campaign: 'spring' },
  })
  expect(link).toMatchObject({
    active: true,
    currency: 'usd',
    url: `http://sandbox.invalid/buy/${link.id}`,
  })
  const updated = await post(`/v1/payment_links/${link.id}`, {
    allow_promotion_codes: true,
    metadata: { campaign: '' },
  })
  expect(updated).toMatchObject({ allow_promotion_codes: true, metadata: {} })
  expect(shop.told()).toEqual(['payment_link.created', 'payment_link.updated'])
  expect(shop.last('payment_link.updated').data.previous_attributes).toEqual({
    allow_promotion_codes: false,
    metadata: { campaign: 'spring' },
  })
  const items = await ok(shop.sandbox, 'GET', `/v1/payment_links/${link.id}/line_items`)
  expect(items.data).toMatchObject([{ amount_total: 3_000, quantity: 2 }])
  expect((await ok(shop.sandbox, 'GET', '/v1/payment_links')).data).toEqual([updated])
  await expectTrueShapes(shop, link, updated, ...items.data)
})

it('sells through a session of its own for each visit (row 7)', async () => {
  const link = await post('/v1/payment_links', {
    line_items: [{ price: shop.monthly, quantity: 1 }],
    metadata: { proviso_product: 'pro' },
    subscription_data: { metadata: { from: 'link' } },
    after_completion: { type: 'redirect', redirect: { url: 'https://app.test/thanks' } },
  })
  const id = await visit(`${link.url}?client_reference_id=ada&prefilled_email=ada@example.com`)
  expect(await visit(link.url)).not.toBe(id)
  const { body: session } = await shop.confirm(id)
  expect(session).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    payment_link: link.id,
    client_reference_id: 'ada',
    mode: 'subscription',
    metadata: { proviso_product: 'pro' },
    success_url: 'https://app.test/thanks',
  })
  const subscription = await ok(shop.sandbox, 'GET', `/v1/subscriptions/${session.subscription}`)
  expect(subscription.metadata).toEqual({ from: 'link' })
  await expectTrueShapes(shop, session)
})

it('sells nothing once it is inactive, or what may be sold is sold', async () => {
  const link = await post('/v1/payment_links', {
    line_items: [{ price: shop.once, quantity: 1 }],
    restrictions: { completed_sessions: { limit: 1 } },
    inactive_message: 'Sold out',
  })
  await shop.confirm(await visit(link.url))
  const sold = await pages.fetch(new Request(link.url))
  expect([sold.status, await sold.text()]).toEqual([410, expect.stringContaining('Sold out')])
  await post(`/v1/payment_links/${link.id}`, { restrictions: '', active: false })
  expect((await pages.fetch(new Request(link.url))).status).toBe(410)
  expect((await pages.fetch(new Request('http://x/buy/plink_none'))).status).toBe(404)
})

it('refuses lines that cannot be sold', async () => {
  const { status, body } = await call(shop.sandbox, 'POST', '/v1/payment_links', {
    line_items: [{ price: 'price_none', quantity: 1 }],
  })
  expect([status, body.error.param]).toEqual([400, 'line_items[0][price]'])
})
