/**
 * A test of your own: what does a customer have when a renewal fails? A year of Stripe in
 * milliseconds, no network, with deliveries reordered and doubled on the way.
 */
import { expect, test } from 'vitest'
import { createProviso, defineCatalog } from '../src/index.ts' // 'proviso'
import { createSandbox } from '../src/sandbox/index.ts' // 'proviso/sandbox'

const SECRET = 'whsec_test'

const catalog = defineCatalog({
  features: { export: { type: 'flag' } },
  products: { pro: { match: { lookupKeys: ['pro_monthly'] }, grants: { export: true } } },
  policy: { pastDueGraceDays: 7 },
})

test('a failed renewal keeps access for the days of grace, ends it, and a payment brings it back', async () => {
  // Given an app, and a Stripe whose time is ours to move
  const stripe = await createSandbox({
    seed: 42,
    now: '2026-01-31T09:00:00Z',
    settings: { retryDays: [3, 7, 14], afterRetries: 'cancel' },
  })
  const proviso = createProviso({
    database: 'pglite:',
    catalog,
    webhookSecrets: SECRET,
    stripe: stripe.client(),
    now: stripe.now,
    settle: 'inRequest',
  })
  stripe.deliverTo(proviso.fetch, { secret: SECRET, chaos: { reorder: 8, duplicate: 0.3 } })
  const api = stripe.client()
  const exporting = async () => {
    await proviso.tick()
    return (await proviso.check({ customer: 'ada', feature: 'export' })).allowed
  }

  // When Ada buys Pro
  const product = await api.products.create({ name: 'Pro' })
  const price = await api.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 2_900,
    recurring: { interval: 'month' },
    lookup_key: 'pro_monthly',
  })
  const session = await api.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'https://app.test/thanks',
    subscription_data: { metadata: { customer_id: 'ada' } },
  })
  const paid = await stripe.pay(session)

  // Then she may export
  expect(await exporting()).toBe(true)

  // When her card stops working and the month ends
  const customer = String(paid.customer)
  const failing = await api.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await api.customers.update(customer, {
    invoice_settings: { default_payment_method: failing.id },
  })
  await api.subscriptions.update(String(paid.subscription), { default_payment_method: failing.id })
  await stripe.advance({ days: 29 })

  // Then she is past due, and still served
  expect((await api.subscriptions.retrieve(String(paid.subscription))).status).toBe('past_due')
  expect(await exporting()).toBe(true)

  // But not for ever
  await stripe.advance({ days: 8 })
  expect(await exporting()).toBe(false)

  // And when she pays, it is back
  const { latest_invoice: invoice } = await api.subscriptions.retrieve(String(paid.subscription))
  const working = await api.paymentMethods.attach('pm_card_visa', { customer })
  await api.invoices.pay(String(invoice), { payment_method: working.id })
  await stripe.delivered()
  expect(await exporting()).toBe(true)

  await proviso.close()
  await stripe.close()
})
