import { afterEach, expect, it } from 'vitest'
import { at, openShop, type Shop } from './shop.ts'

let shop: Shop
afterEach(() => {
  expect(shop.violations()).toEqual([])
})

it('a first payment that succeeds shows the subscription active from the start (L2)', async () => {
  shop = await openShop()
  const customer = await shop.customer()
  const price = await shop.price(1_500)
  shop.news()
  const sub = await shop.subscribe(customer, price)
  expect(sub.status).toBe('active')
  expect(sub.billing_mode.type).toBe('flexible')
  expect(sub.items.data[0].current_period_end).toBe(at('2026-02-28T12:00:00Z'))
  const invoice = await shop.invoice(sub.latest_invoice)
  expect([invoice.status, invoice.amount_paid, invoice.billing_reason]).toEqual([
    'paid',
    1_500,
    'subscription_create',
  ])
  const news = shop.news()
  expect(news).toContain('customer.subscription.created')
  expect(news).not.toContain('customer.subscription.updated')
  expect(shop.event('customer.subscription.created').data.object).toEqual(sub)
})

it('a first payment that fails leaves it incomplete, and 23 hours later expired and void (rows 50, 51)', async () => {
  shop = await openShop()
  const customer = await shop.customer('pm_card_chargeCustomerFail')
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  expect(sub.status).toBe('incomplete')
  expect((await shop.invoice(sub.latest_invoice)).status).toBe('open')
  expect(shop.news()).toContain('invoice.payment_failed')
  await shop.advance(0, 23 * 3_600 - 1)
  expect((await shop.subscription(sub.id)).status).toBe('incomplete')
  shop.news()
  await shop.advance(0, 1)
  const expired = await shop.subscription(sub.id)
  expect(expired.status).toBe('incomplete_expired')
  expect(expired.canceled_at).toBe(sub.created + 23 * 3_600)
  expect((await shop.invoice(sub.latest_invoice)).status).toBe('void')
  expect(shop.news()).toEqual([
    'customer.subscription.updated',
    'invoice.voided',
    'payment_intent.canceled',
  ])
})

it('an incomplete subscription begins when its first invoice is paid', async () => {
  shop = await openShop()
  const customer = await shop.customer('pm_card_chargeCustomerFail')
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  await shop.card(customer, 'pm_card_visa')
  shop.news()
  await shop.post(`/v1/invoices/${sub.latest_invoice}/pay`)
  expect((await shop.subscription(sub.id)).status).toBe('active')
  expect(shop.event('customer.subscription.updated').data.previous_attributes).toEqual({
    status: 'incomplete',
  })
})

it('canceling an incomplete subscription expires it (row 52)', async () => {
  shop = await openShop()
  const customer = await shop.customer('pm_card_chargeCustomerFail')
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  shop.news()
  const gone = await shop.remove(`/v1/subscriptions/${sub.id}`)
  expect(gone.status).toBe('incomplete_expired')
  expect(shop.news()).not.toContain('customer.subscription.deleted')
})

it('default_incomplete waits for its payment intent and attempts nothing', async () => {
  shop = await openShop()
  const customer = await shop.customer()
  const sub = await shop.subscribe(customer, await shop.price(1_500), {
    payment_behavior: 'default_incomplete',
  })
  expect(sub.status).toBe('incomplete')
  expect(shop.news()).not.toContain('charge.succeeded')
  await shop.post(`/v1/invoices/${sub.latest_invoice}/pay`)
  expect((await shop.subscription(sub.id)).status).toBe('active')
})

it('error_if_incomplete answers 402 and leaves no subscription', async () => {
  shop = await openShop()
  const customer = await shop.customer('pm_card_chargeCustomerFail')
  const price = await shop.price(1_500)
  const { status, body } = await shop.refused('/v1/subscriptions', {
    customer,
    items: [{ price }],
    payment_behavior: 'error_if_incomplete',
  })
  expect([status, body.error.type]).toEqual([402, 'card_error'])
  expect((await shop.get('/v1/subscriptions', { customer, status: 'all' })).data).toEqual([])
  expect((await shop.get('/v1/invoices', { customer })).data).toEqual([])
})

it('without anything to charge it is refused, unless nothing is due', async () => {
  shop = await openShop()
  const customer = await shop.customer(null)
  const price = await shop.price(1_500)
  const { status, body } = await shop.refused('/v1/subscriptions', { customer, items: [{ price }] })
  expect([status, body.error.code]).toEqual([400, 'resource_missing'])
  const free = await shop.subscribe(customer, await shop.price(0))
  expect(free.status).toBe('active')
})

it('metered alone in flexible mode makes no invoice; in classic one of nothing (rows 36, 37)', async () => {
  shop = await openShop()
  const customer = await shop.customer()
  const meter = await shop.post('/v1/billing/meters', {
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const price = await shop.price(10, {
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  })
  const flexible = await shop.subscribe(customer, price)
  expect([flexible.status, flexible.latest_invoice]).toEqual(['active', null])
  const classic = await shop.subscribe(customer, price, { billing_mode: { type: 'classic' } })
  const invoice = await shop.invoice(classic.latest_invoice)
  expect([invoice.total, invoice.status, invoice.billing_reason]).toEqual([
    0,
    'paid',
    'subscription_create',
  ])
})

it('send_invoice is active at once, its invoice sent after an hour and overdue in its time (row 88)', async () => {
  shop = await openShop()
  const customer = await shop.customer(null)
  const sub = await shop.subscribe(customer, await shop.price(1_500), {
    collection_method: 'send_invoice',
    days_until_due: 7,
  })
  expect(sub.status).toBe('active')
  expect((await shop.invoice(sub.latest_invoice)).status).toBe('draft')
  shop.news()
  await shop.advance(0, 3_600)
  expect(shop.news()).toEqual(expect.arrayContaining(['invoice.finalized', 'invoice.sent']))
  await shop.advance(7)
  expect((await shop.subscription(sub.id)).status).toBe('past_due')
  expect(shop.news()).toEqual(
    expect.arrayContaining(['invoice.overdue', 'customer.subscription.updated']),
  )
  await shop.post(`/v1/invoices/${sub.latest_invoice}/pay`, { paid_out_of_band: true })
  expect((await shop.subscription(sub.id)).status).toBe('active')
})

it('an anchor in the future bills the time up to it, by the second', async () => {
  shop = await openShop({}, '2026-03-16T00:00:00Z')
  const customer = await shop.customer()
  const price = await shop.price(3_100)
  const anchor = at('2026-04-01T00:00:00Z')
  const sub = await shop.subscribe(customer, price, { billing_cycle_anchor: anchor })
  // 16 of the 31 days of March.
  expect((await shop.invoice(sub.latest_invoice)).total).toBe(1_600)
  expect(sub.items.data[0].current_period_end).toBe(anchor)
  const free = await shop.subscribe(customer, price, {
    billing_cycle_anchor: anchor,
    proration_behavior: 'none',
  })
  expect(free.status).toBe('active')
  const late = await shop.refused('/v1/subscriptions', {
    customer,
    items: [{ price }],
    billing_cycle_anchor: at('2026-05-01T00:00:00Z'),
  })
  expect(late.body.error.param).toBe('billing_cycle_anchor')
  const byDay = await shop.subscribe(customer, price, {
    billing_cycle_anchor_config: { day_of_month: 1, hour: 0, minute: 0, second: 0 },
  })
  expect(byDay.billing_cycle_anchor).toBe(anchor)
})

it('prices that cannot be sold together, or at all, are refused', async () => {
  shop = await openShop()
  const customer = await shop.customer()
  const month = await shop.price(1_500)
  const year = await shop.price(15_000, { recurring: { interval: 'year' } })
  const once = await shop.price(500, { recurring: undefined })
  const asked = async (items: unknown, more = {}) =>
    (await shop.refused('/v1/subscriptions', { customer, items, ...more })).body.error.param
  expect(await asked([{ price: 'price_none' }])).toBe('items[0][price]')
  expect(await asked([{ price: once }])).toBe('items[0][price]')
  expect(await asked([{ price: month }, { price: month }])).toBe('items')
  expect(
    await asked([{ price: month }, { price: year }], { billing_mode: { type: 'classic' } }),
  ).toBe('items')
  const both = await shop.post('/v1/subscriptions', {
    customer,
    items: [{ price: month }, { price: year }],
  })
  expect(
    both.items.data.map((item: { current_period_end: number }) => item.current_period_end),
  ).toEqual([at('2026-02-28T12:00:00Z'), at('2027-01-31T12:00:00Z')])
})
