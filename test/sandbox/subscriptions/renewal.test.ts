import { afterEach, expect, it } from 'vitest'
import { at, openShop, type Shop } from './shop.ts'

let shop: Shop
afterEach(() => {
  expect(shop.violations()).toEqual([])
})

it('periods are calendar months from the anchor, in UTC whatever the clocks do', async () => {
  shop = await openShop()
  const sub = await shop.subscribe(await shop.customer(), await shop.price(1_500))
  const ends: number[] = []
  for (let month = 0; month < 4; month += 1) {
    const { items } = await shop.subscription(sub.id)
    ends.push(items.data[0].current_period_end)
    await shop.sandbox.advance({
      seconds: items.data[0].current_period_end - shop.sandbox.world.clock.now,
    })
  }
  expect(ends).toEqual([
    at('2026-02-28T12:00:00Z'),
    at('2026-03-31T12:00:00Z'),
    at('2026-04-30T12:00:00Z'),
    at('2026-05-31T12:00:00Z'),
  ])
})

it('the new period shows an hour before anything is paid (row 40)', async () => {
  shop = await openShop()
  const sub = await shop.subscribe(await shop.customer(), await shop.price(1_500))
  await shop.advance(27)
  shop.news()
  await shop.advance(1)
  const renewed = await shop.subscription(sub.id)
  const draft = await shop.invoice(renewed.latest_invoice)
  expect(shop.news()).toEqual(['invoice.created', 'customer.subscription.updated'])
  expect([renewed.status, draft.status, draft.billing_reason]).toEqual([
    'active',
    'draft',
    'subscription_cycle',
  ])
  expect(renewed.items.data[0].current_period_end).toBe(at('2026-03-31T12:00:00Z'))
  expect([draft.period_start, draft.period_end]).toEqual([sub.created, at('2026-02-28T12:00:00Z')])
  const { previous_attributes: before, object } = shop.event('customer.subscription.updated').data
  expect(before.latest_invoice).toBe(sub.latest_invoice)
  expect(before.items.data[0].current_period_end).toBe(at('2026-02-28T12:00:00Z'))
  expect(object).toEqual(renewed)
  await shop.advance(0, 3_600)
  expect((await shop.invoice(renewed.latest_invoice)).status).toBe('paid')
})

it('a failed renewal is past due, and retried; paying brings it back (rows 41, 42, 45)', async () => {
  shop = await openShop({ retryDays: [3, 5] })
  const customer = await shop.customer()
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  await shop.advance(28, 3_600)
  const late = await shop.subscription(sub.id)
  expect(late.status).toBe('past_due')
  expect(shop.event('customer.subscription.updated').data.previous_attributes).toEqual({
    status: 'active',
  })
  const invoice = await shop.invoice(late.latest_invoice)
  expect([invoice.status, invoice.attempt_count]).toEqual(['open', 1])
  expect(invoice.next_payment_attempt).toBe(at('2026-03-03T13:00:00Z'))
  await shop.advance(3)
  expect((await shop.invoice(late.latest_invoice)).attempt_count).toBe(2)
  await shop.card(customer, 'pm_card_visa')
  await shop.advance(2)
  expect((await shop.subscription(sub.id)).status).toBe('active')
})

it.each([
  ['cancel', 'canceled'],
  ['unpaid', 'unpaid'],
  ['past_due', 'past_due'],
  ['pause', 'paused'],
] as const)(
  'after the last retry the setting %s makes it %s (row 43)',
  async (afterRetries, status) => {
    shop = await openShop({ retryDays: [3, 5, 7], afterRetries })
    const customer = await shop.customer()
    const sub = await shop.subscribe(customer, await shop.price(1_500))
    await shop.card(customer, 'pm_card_chargeCustomerFail')
    await shop.advance(28, 3_600)
    shop.news()
    await shop.advance(7)
    const ended = await shop.subscription(sub.id)
    expect(ended.status).toBe(status)
    const news = shop.news()
    if (status === 'canceled') {
      expect(ended.cancellation_details.reason).toBe('payment_failed')
      expect(news).toContain('customer.subscription.deleted')
    }
    if (status === 'paused') {
      expect(ended.status_details.paused.subscription.type).toBe('final_payment_failure')
      expect(news).toContain('customer.subscription.paused')
    }
    if (status === 'past_due') expect(news).not.toContain('customer.subscription.updated')
    expect((await shop.invoice(sub.latest_invoice)).status).toBe('paid')
  },
)

it('while unpaid, invoices stay drafts, and only the most recent one brings it back (row 46)', async () => {
  shop = await openShop({ retryDays: [3, 5, 7], afterRetries: 'unpaid' })
  const customer = await shop.customer()
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  await shop.advance(28 + 8)
  const owed = (await shop.subscription(sub.id)).latest_invoice
  await shop.advance(31)
  const { latest_invoice: draft, status } = await shop.subscription(sub.id)
  expect(status).toBe('unpaid')
  expect(draft).not.toBe(owed)
  expect((await shop.invoice(draft)).status).toBe('draft')
  await shop.card(customer, 'pm_card_visa')
  await shop.post(`/v1/invoices/${owed}/pay`)
  expect((await shop.subscription(sub.id)).status).toBe('unpaid')
  await shop.post(`/v1/invoices/${draft}/pay`)
  expect((await shop.subscription(sub.id)).status).toBe('active')
})

it('voiding or giving up the past-due invoice makes it active with no money (rows 83, 84)', async () => {
  for (const act of ['void', 'mark_uncollectible']) {
    shop = await openShop()
    const customer = await shop.customer()
    const sub = await shop.subscribe(customer, await shop.price(1_500))
    await shop.card(customer, 'pm_card_chargeCustomerFail')
    await shop.advance(28, 3_600)
    const late = await shop.subscription(sub.id)
    expect(late.status).toBe('past_due')
    await shop.post(`/v1/invoices/${late.latest_invoice}/${act}`)
    expect((await shop.subscription(sub.id)).status).toBe('active')
  }
})

it('with the endive setting the first failed renewal pauses, and paying resumes (row 44)', async () => {
  shop = await openShop({ pauseOnFirstFailure: true })
  const customer = await shop.customer()
  const sub = await shop.subscribe(customer, await shop.price(1_500))
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  await shop.advance(28, 3_600)
  const paused = await shop.subscription(sub.id)
  expect([paused.status, paused.status_details.paused.subscription.type]).toEqual([
    'paused',
    'first_payment_failure',
  ])
  await shop.card(customer, 'pm_card_visa')
  await shop.post(`/v1/invoices/${paused.latest_invoice}/pay`)
  const back = await shop.subscription(sub.id)
  expect([back.status, back.status_details]).toEqual(['active', undefined])
  expect(shop.news()).toContain('customer.subscription.resumed')
})

it('metered usage is billed in arrears, in the cycle after (row 38)', async () => {
  shop = await openShop()
  const customer = await shop.customer()
  const meter = await shop.post('/v1/billing/meters', {
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const metered = await shop.price(10, {
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  })
  const flat = await shop.price(1_500)
  const sub = await shop.post('/v1/subscriptions', {
    customer,
    items: [{ price: flat }, { price: metered }],
  })
  await shop.advance(1)
  await shop.post('/v1/billing/meter_events', {
    event_name: 'calls',
    payload: { stripe_customer_id: customer, value: 42 },
  })
  await shop.advance(27)
  const { latest_invoice: id } = await shop.subscription(sub.id)
  const { lines, total } = await shop.invoice(id)
  expect(total).toBe(1_500 + 420)
  const usage = lines.data.find((line: { amount: number }) => line.amount === 420)
  expect(usage.period).toEqual({ start: sub.created, end: at('2026-02-28T12:00:00Z') })
  expect(usage.quantity).toBe(42)
})

it('items of several intervals renew each in its own time (row 8)', async () => {
  shop = await openShop()
  const month = await shop.price(1_500)
  const year = await shop.price(12_000, { recurring: { interval: 'year' } })
  const sub = await shop.post('/v1/subscriptions', {
    customer: await shop.customer(),
    items: [{ price: month }, { price: year }],
  })
  expect((await shop.invoice(sub.latest_invoice)).total).toBe(13_500)
  await shop.advance(28, 3_600)
  expect((await shop.invoice((await shop.subscription(sub.id)).latest_invoice)).total).toBe(1_500)
  await shop.advance(365 - 28)
  const last = await shop.invoice((await shop.subscription(sub.id)).latest_invoice)
  expect(last.total).toBe(13_500)
})

it('a discount for one bill is gone after it, one for months ends by itself', async () => {
  shop = await openShop()
  const customer = await shop.customer()
  const price = await shop.price(1_000)
  const coupon = async (more: object) =>
    (await shop.post('/v1/coupons', { percent_off: 25, ...more })).id
  const once = await shop.subscribe(customer, price, {
    discounts: [{ coupon: await coupon({ duration: 'once' }) }],
  })
  expect((await shop.invoice(once.latest_invoice)).total).toBe(750)
  const twice = await shop.subscribe(customer, price, {
    discounts: [{ coupon: await coupon({ duration: 'repeating', duration_in_months: 2 }) }],
  })
  const totals: number[] = []
  for (let month = 0; month < 3; month += 1) {
    const { latest_invoice: id } = await shop.subscription(twice.id)
    totals.push((await shop.invoice(id)).total)
    await shop.advance(31)
  }
  expect(totals).toEqual([750, 750, 1_000])
  const { latest_invoice: second } = await shop.subscription(once.id)
  expect((await shop.invoice(second)).total).toBe(1_000)
})
