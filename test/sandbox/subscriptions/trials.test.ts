import { afterEach, expect, it } from 'vitest'
import { at, openShop, type Shop } from './shop.ts'

let shop: Shop
afterEach(() => {
  expect(shop.violations()).toEqual([])
})

it('a trial bills nothing at once, warns three days before and then bills (rows 9, 12, 13)', async () => {
  shop = await openShop()
  const sub = await shop.subscribe(await shop.customer(), await shop.price(1_500), {
    trial_period_days: 14,
  })
  const end = at('2026-02-14T12:00:00Z')
  expect([sub.status, sub.trial_end, sub.billing_cycle_anchor]).toEqual(['trialing', end, end])
  const first = await shop.invoice(sub.latest_invoice)
  expect([first.total, first.status, first.amount_paid]).toEqual([0, 'paid', 0])
  await shop.advance(10, 86_399)
  shop.news()
  await shop.advance(0, 1)
  expect(shop.news()).toEqual(['customer.subscription.trial_will_end'])
  await shop.advance(3)
  const begun = await shop.subscription(sub.id)
  expect(shop.news()).toEqual(['invoice.created', 'customer.subscription.updated'])
  expect([begun.status, begun.items.data[0].current_period_start]).toEqual(['active', end])
  expect(begun.items.data[0].current_period_end).toBe(at('2026-03-14T12:00:00Z'))
  expect((await shop.invoice(begun.latest_invoice)).status).toBe('draft')
  await shop.advance(0, 3_600)
  const paid = await shop.invoice(begun.latest_invoice)
  expect([paid.status, paid.amount_paid]).toEqual(['paid', 1_500])
})

it('a trial of a day warns at once (row 12)', async () => {
  shop = await openShop()
  await shop.subscribe(await shop.customer(null), await shop.price(1_500), { trial_period_days: 1 })
  expect(shop.news()).toContain('customer.subscription.trial_will_end')
})

it.each([
  ['cancel', 'canceled', 'customer.subscription.deleted'],
  ['pause', 'paused', 'customer.subscription.paused'],
  ['create_invoice', 'active', 'invoice.created'],
] as const)(
  'without a payment method a trial ends by %s (rows 15, 16, 17)',
  async (missing, status, event) => {
    shop = await openShop()
    const sub = await shop.subscribe(await shop.customer(null), await shop.price(1_500), {
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: missing } },
    })
    await shop.advance(6)
    shop.news()
    await shop.advance(1)
    const after = await shop.subscription(sub.id)
    expect(after.status).toBe(status)
    expect(shop.news()).toContain(event)
    if (missing === 'create_invoice') {
      await shop.advance(0, 3_600)
      expect((await shop.subscription(sub.id)).status).toBe('past_due')
    } else expect(after.latest_invoice).toBe(sub.latest_invoice)
    if (missing === 'pause') {
      expect(after.status_details.paused.subscription.type).toBe('trial_end_without_payment_method')
    }
  },
)

it('a paused trial is resumed with a bill for a new period (row 67, 68)', async () => {
  shop = await openShop()
  const customer = await shop.customer(null)
  const sub = await shop.subscribe(customer, await shop.price(1_500), {
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  })
  await shop.advance(10)
  await shop.card(customer, 'pm_card_visa')
  const waiting = await shop.post(`/v1/subscriptions/${sub.id}/resume`)
  expect([waiting.status, waiting.billing_cycle_anchor]).toEqual([
    'paused',
    sub.billing_cycle_anchor,
  ])
  await shop.post(`/v1/invoices/${waiting.latest_invoice}/pay`)
  const back = await shop.subscription(sub.id)
  expect([back.status, back.billing_cycle_anchor]).toEqual(['active', at('2026-02-10T12:00:00Z')])
  expect((await shop.invoice(back.latest_invoice)).amount_paid).toBe(1_500)
  expect(shop.news()).toContain('customer.subscription.resumed')
})

it('ending a trial now warns, bills and pays within the call (row 18)', async () => {
  shop = await openShop()
  const sub = await shop.subscribe(await shop.customer(), await shop.price(1_500), {
    trial_period_days: 14,
  })
  await shop.advance(2)
  shop.news()
  const begun = await shop.post(`/v1/subscriptions/${sub.id}`, { trial_end: 'now' })
  const now = at('2026-02-02T12:00:00Z')
  expect([begun.status, begun.trial_end, begun.billing_cycle_anchor]).toEqual(['active', now, now])
  expect((await shop.invoice(begun.latest_invoice)).amount_paid).toBe(1_500)
  const news = shop.news()
  expect(news[0]).toBe('customer.subscription.trial_will_end')
  expect(news.filter((type) => type === 'customer.subscription.updated')).toHaveLength(1)
})

it('ending a trial now without a method pauses where that is the setting', async () => {
  shop = await openShop()
  const sub = await shop.subscribe(await shop.customer(null), await shop.price(1_500), {
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  })
  const paused = await shop.post(`/v1/subscriptions/${sub.id}`, { trial_end: 'now' })
  expect(paused.status).toBe('paused')
  expect(shop.news()).toContain('customer.subscription.paused')
})

it('a running subscription can be given a trial again (row 19)', async () => {
  shop = await openShop()
  const sub = await shop.subscribe(await shop.customer(), await shop.price(1_500))
  await shop.advance(10)
  const end = at('2026-03-10T12:00:00Z')
  const trying = await shop.post(`/v1/subscriptions/${sub.id}`, {
    trial_end: end,
    proration_behavior: 'none',
  })
  expect([trying.status, trying.trial_start, trying.items.data[0].current_period_end]).toEqual([
    'trialing',
    at('2026-02-10T12:00:00Z'),
    end,
  ])
  await shop.advance(28)
  expect((await shop.subscription(sub.id)).status).toBe('active')
})

it('a trial with a fee bills the fee now (row 11)', async () => {
  shop = await openShop()
  const fee = await shop.price(500, { recurring: undefined })
  const sub = await shop.subscribe(await shop.customer(), await shop.price(1_500), {
    trial_period_days: 7,
    add_invoice_items: [{ price: fee }],
  })
  const first = await shop.invoice(sub.latest_invoice)
  expect([sub.status, first.amount_paid]).toEqual(['trialing', 500])
})

it('a trial made longer bills nothing and warns again', async () => {
  shop = await openShop()
  const sub = await shop.subscribe(await shop.customer(), await shop.price(1_500), {
    trial_period_days: 2,
  })
  shop.news()
  const longer = await shop.post(`/v1/subscriptions/${sub.id}`, {
    trial_end: at('2026-02-20T12:00:00Z'),
  })
  expect([longer.trial_start, longer.billing_cycle_anchor]).toEqual([
    sub.trial_start,
    at('2026-02-20T12:00:00Z'),
  ])
  expect(shop.news()).toEqual(['customer.subscription.updated'])
  await shop.advance(17)
  expect(shop.news()).toContain('customer.subscription.trial_will_end')
})
