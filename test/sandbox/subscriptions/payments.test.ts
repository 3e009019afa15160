import { afterEach, expect, it } from 'vitest'
import { createSubscription } from '../../../src/sandbox/resources/subscriptions/create-subscription.ts'
import { collectPayment } from '../../../src/sandbox/resources/payment-intents/collect-payment.ts'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
afterEach(() => {
  expect(shop.violations()).toEqual([])
})

it('money taken before makes the subscription active from its first event on (row 1)', async () => {
  shop = await openShop()
  const customer = await shop.customer()
  const price = await shop.price(1_500)
  const { world } = shop.sandbox
  const method = (await shop.get(`/v1/customers/${customer}`)).invoice_settings
    .default_payment_method
  const intent = collectPayment(world, {
    amount: 1_500,
    currency: 'usd',
    customer,
    paymentMethod: method,
    offSession: false,
  })
  shop.news()
  // As within a call of the API: a Checkout page's.
  world.cause = { id: 'req_checkout', idempotency_key: null }
  const sub = createSubscription(world, { customer, items: [{ price }], paidBy: intent.id })
  world.cause = { id: null, idempotency_key: null }
  expect(sub.status).toBe('active')
  const news = shop.news().filter((type) => type !== 'customer.updated')
  expect(news).toEqual([
    'customer.subscription.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice_payment.paid',
  ])
  const created = shop.event('customer.subscription.created').data.object
  expect([created.status, created.latest_invoice]).toEqual(['active', sub.latest_invoice])
  const { data } = await shop.get('/v1/invoice_payments', { invoice: sub.latest_invoice })
  expect(data.map((payment: { payment: object }) => payment.payment)).toEqual([
    { payment_intent: intent.id, type: 'payment_intent' },
  ])
})

it.each([
  ['pm_sepaDebit_success_at', 'paid'],
  ['pm_sepaDebit_failed_at', 'void'],
])(
  'a first bank debit makes it active at once; %s ends %s and active (rows 21 to 23)',
  async (method, status) => {
    shop = await openShop()
    const customer = await shop.customer(null)
    const attached = await shop.post(`/v1/payment_methods/${method}/attach`, { customer })
    const sub = await shop.subscribe(customer, await shop.price(1_500, { currency: 'eur' }), {
      default_payment_method: attached.id,
    })
    expect(sub.status).toBe('active')
    expect((await shop.invoice(sub.latest_invoice)).status).toBe('open')
    await shop.advance(1)
    expect((await shop.invoice(sub.latest_invoice)).status).toBe(status)
    expect((await shop.subscription(sub.id)).status).toBe('active')
  },
)

it('a renewal that wants its holder is past due until it is paid (row 47)', async () => {
  shop = await openShop()
  const customer = await shop.customer()
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  await shop.card(customer, 'pm_card_authenticationRequired')
  await shop.advance(28, 3_600)
  expect((await shop.subscription(sub.id)).status).toBe('past_due')
  const news = shop.news()
  expect(news).toEqual(
    expect.arrayContaining(['invoice.payment_action_required', 'invoice.payment_failed']),
  )
  expect(news.filter((type) => type === 'customer.subscription.updated')).toHaveLength(2)
})

it('a first payment that wants its holder leaves it incomplete until authenticated (row 3)', async () => {
  shop = await openShop()
  const customer = await shop.customer('pm_card_threeDSecure2Required')
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  expect(sub.status).toBe('incomplete')
})

it('a trial by default_incomplete has a setup intent to collect a card by', async () => {
  shop = await openShop()
  const customer = await shop.customer(null)
  const sub = await shop.subscribe(customer, await shop.price(1_500), {
    trial_period_days: 7,
    payment_behavior: 'default_incomplete',
    payment_settings: { save_default_payment_method: 'on_subscription' },
  })
  expect(sub.status).toBe('trialing')
  expect(sub.pending_setup_intent).toMatch(/^seti_/u)
  await shop.post(`/v1/setup_intents/${sub.pending_setup_intent}/confirm`, {
    payment_method: 'pm_card_visa',
  })
  const ready = await shop.subscription(sub.id)
  expect([ready.pending_setup_intent, typeof ready.default_payment_method]).toEqual([
    null,
    'string',
  ])
})

it('a test clock carries its subscriptions, and ends them with itself (row 96)', async () => {
  shop = await openShop()
  const clock = await shop.post('/v1/test_helpers/test_clocks', {
    frozen_time: Math.floor(Date.UTC(2026, 0, 1) / 1_000),
  })
  const customer = (
    await shop.post('/v1/customers', {
      test_clock: clock.id,
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
  ).id
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  expect([sub.test_clock, sub.created]).toEqual([clock.id, clock.frozen_time])
  await shop.post(`/v1/test_helpers/test_clocks/${clock.id}/advance`, {
    frozen_time: clock.frozen_time + 32 * 86_400,
  })
  await shop.advance(0, 5)
  const renewed = await shop.subscription(sub.id)
  expect(renewed.latest_invoice).not.toBe(sub.latest_invoice)
  expect((await shop.invoice(renewed.latest_invoice)).status).toBe('paid')
  await shop.remove(`/v1/test_helpers/test_clocks/${clock.id}`)
  expect(shop.news()).toContain('test_helpers.test_clock.deleted')
})
