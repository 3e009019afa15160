import { beforeEach, expect, it } from 'vitest'
import { ok } from '../support/call.ts'
import { expectTrueShapes, openShop, type Shop } from './checkout-fixture.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})

it('saves a card for the customer and grants nothing (row 35)', async () => {
  const customer = await ok(shop.sandbox, 'POST', '/v1/customers', { email: 'ada@example.com' })
  shop.mark()
  const session = await shop.buy({
    mode: 'setup',
    customer: customer.id,
    setup_intent_data: { metadata: { why: 'later' } },
  })
  expect(session).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    amount_total: null,
    currency: null,
    subscription: null,
    payment_intent: null,
    customer: customer.id,
  })
  expect(shop.told()).toEqual([
    'setup_intent.created',
    'payment_method.attached',
    'setup_intent.succeeded',
    'checkout.session.completed',
  ])
  const intent = await ok(shop.sandbox, 'GET', `/v1/setup_intents/${session.setup_intent}`)
  expect(intent).toMatchObject({ status: 'succeeded', metadata: { why: 'later' } })
  await expectTrueShapes(shop, session, intent)
})

it('stays open where the card cannot be saved', async () => {
  const session = await shop.create({ mode: 'setup', currency: 'usd' })
  const { status } = await shop.confirm(session.id, { payment_method: 'pm_card_chargeDeclined' })
  expect(status).toBe(402)
  expect(await shop.read(session.id)).toMatchObject({ status: 'open' })
  expect(shop.told()).toContain('setup_intent.setup_failed')
  expect((await shop.confirm(session.id)).body.status).toBe('complete')
})
