import { afterEach, expect, it } from 'vitest'
import { at, openShop, type Shop } from './shop.ts'

let shop: Shop
afterEach(() => {
  expect(shop.violations()).toEqual([])
})

/** A month of 30 days: prices of 3,000 make a day 100. */
const APRIL = '2026-04-01T00:00:00Z'

async function selling(mode: 'classic' | 'flexible', settings = {}, currency = 'usd') {
  shop = await openShop(settings, APRIL)
  const customer = await shop.customer()
  const small = await shop.price(3_000, { currency })
  const big = await shop.price(6_000, { currency })
  const sub = await shop.subscribe(customer, small, { billing_mode: { type: mode } })
  await shop.advance(10)
  shop.news()
  return { customer, small, big, sub, item: sub.items.data[0].id as string }
}

it.each(['classic', 'flexible'] as const)(
  'an upgrade in %s mode is prorated by the second and billed with the renewal (row 54)',
  async (mode) => {
    const { sub, item, big } = await selling(mode)
    await shop.advance(0, 43_200)
    const changed = await shop.post(`/v1/subscriptions/${sub.id}`, {
      items: [{ id: item, price: big }],
    })
    expect(shop.news()).toEqual([
      'invoiceitem.created',
      'invoiceitem.created',
      'customer.subscription.updated',
    ])
    expect(changed.items.data[0].price.id).toBe(big)
    expect(changed.latest_invoice).toBe(sub.latest_invoice)
    const { data } = await shop.get('/v1/invoiceitems', { customer: sub.customer })
    // 19.5 of 30 days are left.
    expect(data.map(({ amount }: { amount: number }) => amount).sort()).toEqual([-1_950, 3_900])
    await shop.advance(19, 43_200)
    const { latest_invoice: id } = await shop.subscription(sub.id)
    expect((await shop.invoice(id)).total).toBe(6_000 + 3_900 - 1_950)
  },
)

it('always_invoice bills the difference at once, before the update is told (row 53)', async () => {
  const { sub, item, big } = await selling('flexible')
  const changed = await shop.post(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: item, price: big }],
    proration_behavior: 'always_invoice',
  })
  const invoice = await shop.invoice(changed.latest_invoice)
  expect([invoice.total, invoice.status, invoice.billing_reason]).toEqual([
    2_000,
    'paid',
    'subscription_update',
  ])
  const news = shop.news()
  expect(news.at(-1)).toBe('customer.subscription.updated')
  expect(news.indexOf('invoice.paid')).toBeLessThan(news.indexOf('customer.subscription.updated'))
  const { previous_attributes: before } = shop.event('customer.subscription.updated').data
  expect(before.items.data[0].price.unit_amount).toBe(3_000)
})

it('without proration an upgrade costs nothing until the renewal', async () => {
  const { sub, item, big } = await selling('flexible')
  await shop.post(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: item, price: big }],
    proration_behavior: 'none',
  })
  expect(shop.news()).toEqual(['customer.subscription.updated'])
  await shop.advance(20)
  expect((await shop.invoice((await shop.subscription(sub.id)).latest_invoice)).total).toBe(6_000)
})

it('more seats cost for the rest of the period (row 59)', async () => {
  const { sub, item } = await selling('flexible')
  const changed = await shop.post(`/v1/subscription_items/${item}`, { quantity: 3 })
  expect(changed.quantity).toBe(3)
  const { data } = await shop.get('/v1/invoiceitems', { customer: sub.customer })
  expect(data.map(({ amount }: { amount: number }) => amount).sort()).toEqual([-2_000, 6_000])
  expect((await shop.subscription(sub.id)).items.data[0].quantity).toBe(3)
})

it('flexible credits give back what was debited, also of an upgrade not yet billed', async () => {
  const { sub, item, big, small } = await selling('flexible')
  await shop.post(`/v1/subscriptions/${sub.id}`, { items: [{ id: item, price: big }] })
  await shop.advance(10)
  await shop.post(`/v1/subscriptions/${sub.id}`, { items: [{ id: item, price: small }] })
  await shop.advance(10)
  // 3,000 for May; of April's later days 10 at the higher price: 100 a day more.
  const { latest_invoice: id } = await shop.subscription(sub.id)
  expect((await shop.invoice(id)).total).toBe(3_000 + 1_000)
})

it('a change of interval starts a new cycle in classic mode only (row 60)', async () => {
  const year = { recurring: { interval: 'year' } }
  const classic = await selling('classic')
  const yearly = await shop.price(36_500, year)
  const moved = await shop.post(`/v1/subscriptions/${classic.sub.id}`, {
    items: [{ id: classic.item, price: yearly }],
  })
  const now = at('2026-04-11T00:00:00Z')
  expect([moved.billing_cycle_anchor, moved.items.data[0].current_period_end]).toEqual([
    now,
    at('2027-04-11T00:00:00Z'),
  ])
  expect((await shop.invoice(moved.latest_invoice)).total).toBe(36_500 - 2_000)
  const flexible = await selling('flexible')
  const annual = await shop.price(36_500, year)
  const kept = await shop.post(`/v1/subscriptions/${flexible.sub.id}`, {
    items: [{ id: flexible.item, price: annual }],
  })
  expect(kept.billing_cycle_anchor).toBe(at(APRIL))
  expect(kept.items.data[0].current_period_end).toBe(at('2027-04-01T00:00:00Z'))
})

it('billing_cycle_anchor now bills a new period at once, less what is left', async () => {
  const { sub } = await selling('flexible')
  const moved = await shop.post(`/v1/subscriptions/${sub.id}`, {
    billing_cycle_anchor: { type: 'now' },
  })
  expect(moved.items.data[0].current_period_end).toBe(at('2026-05-11T00:00:00Z'))
  expect((await shop.invoice(moved.latest_invoice)).total).toBe(3_000 - 2_000)
})

it('an upgrade whose payment fails is applied and past due (row 55)', async () => {
  const { sub, item, big, customer } = await selling('flexible')
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  const changed = await shop.post(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: item, price: big }],
    proration_behavior: 'always_invoice',
  })
  expect([changed.status, changed.items.data[0].price.id]).toEqual(['past_due', big])
})

it('pending_if_incomplete holds the change back until it is paid (rows 56, 57)', async () => {
  const { sub, item, big, small, customer } = await selling('flexible')
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  shop.news()
  const held = await shop.post(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: item, price: big }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  expect([held.status, held.items.data[0].price.id]).toEqual(['active', small])
  expect(held.pending_update.subscription_items[0].price.id).toBe(big)
  expect(held.pending_update.expires_at).toBe(at('2026-04-11T23:00:00Z'))
  await shop.card(customer, 'pm_card_visa')
  shop.news()
  await shop.post(`/v1/invoices/${held.latest_invoice}/pay`)
  const applied = await shop.subscription(sub.id)
  expect([applied.pending_update, applied.items.data[0].price.id]).toEqual([null, big])
  const news = shop.news()
  expect(news.slice(-2)).toEqual([
    'customer.subscription.pending_update_applied',
    'customer.subscription.updated',
  ])
})

it('a pending update nobody pays is gone after 23 hours, as if it had not been (row 58)', async () => {
  const { sub, item, big, small, customer } = await selling('flexible')
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  const held = await shop.post(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: item, price: big }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  shop.news()
  await shop.advance(0, 23 * 3_600)
  const after = await shop.subscription(sub.id)
  expect([after.status, after.pending_update, after.items.data[0].price.id]).toEqual([
    'active',
    null,
    small,
  ])
  expect((await shop.invoice(held.latest_invoice)).status).toBe('void')
  expect(shop.news()).toEqual(
    expect.arrayContaining(['customer.subscription.pending_update_expired', 'invoice.voided']),
  )
})

it('a pending update is kept while its debit is processing, and given up when that fails', async () => {
  const { sub, item, big, small, customer } = await selling(
    'flexible',
    { bankDebitSeconds: 5 * 86_400 },
    'eur',
  )
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  const held = await shop.post(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: item, price: big }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  await shop.card(customer, 'pm_sepaDebit_failed_at')
  await shop.post(`/v1/invoices/${held.latest_invoice}/pay`)
  await shop.advance(4)
  expect((await shop.subscription(sub.id)).pending_update).not.toBeNull()
  expect((await shop.invoice(held.latest_invoice)).status).toBe('open')
  await shop.advance(1)
  const after = await shop.subscription(sub.id)
  expect([after.pending_update, after.items.data[0].price.id]).toEqual([null, small])
  expect((await shop.invoice(held.latest_invoice)).status).toBe('void')
})

it('error_if_incomplete refuses the change and keeps everything (402)', async () => {
  const { sub, item, big, customer } = await selling('flexible')
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  const before = await shop.subscription(sub.id)
  const { status } = await shop.refused(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: item, price: big }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'error_if_incomplete',
  })
  expect(status).toBe(402)
  expect(await shop.subscription(sub.id)).toEqual(before)
  expect((await shop.get('/v1/invoiceitems', { customer })).data).toEqual([])
})

it('items come and go, and the last one cannot', async () => {
  const { sub, item, big } = await selling('flexible')
  const added = await shop.post('/v1/subscription_items', { subscription: sub.id, price: big })
  expect(added.current_period_end).toBe(sub.items.data[0].current_period_end)
  expect((await shop.get('/v1/subscription_items', { subscription: sub.id })).data).toHaveLength(2)
  expect(await shop.remove(`/v1/subscription_items/${item}`)).toEqual({
    id: item,
    object: 'subscription_item',
    deleted: true,
  })
  const { status } = await shop.refused(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: added.id, deleted: true }],
  })
  expect(status).toBe(400)
})

it('metadata alone is one update and no money; the same again is none', async () => {
  const { sub } = await selling('flexible')
  await shop.post(`/v1/subscriptions/${sub.id}`, { metadata: { a: 'b' } })
  await shop.post(`/v1/subscriptions/${sub.id}`, { metadata: { a: 'b' } })
  expect(shop.news()).toEqual(['customer.subscription.updated'])
  expect(shop.event('customer.subscription.updated').data.previous_attributes).toEqual({
    metadata: { a: null },
  })
})

it('what a metered item counted before its price changed is billed at the old price', async () => {
  shop = await openShop({}, APRIL)
  const customer = await shop.customer()
  const meter = await shop.post('/v1/billing/meters', {
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const recurring = { interval: 'month', usage_type: 'metered', meter: meter.id }
  const cheap = await shop.price(10, { recurring })
  const dear = await shop.price(20, { recurring })
  const sub = await shop.subscribe(customer, cheap)
  const use = (value: number) =>
    shop.post('/v1/billing/meter_events', {
      event_name: 'calls',
      payload: { stripe_customer_id: customer, value },
    })
  await shop.advance(5)
  await use(10)
  await shop.advance(5)
  await shop.post(`/v1/subscriptions/${sub.id}`, {
    items: [{ id: sub.items.data[0].id, price: dear }],
  })
  await shop.advance(5)
  await use(7)
  await shop.advance(15)
  const { latest_invoice: id } = await shop.subscription(sub.id)
  expect((await shop.invoice(id)).total).toBe(10 * 10 + 7 * 20)
})
