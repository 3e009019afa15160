import { afterEach, expect, it } from 'vitest'
import { at, openShop, type Shop } from './shop.ts'

let shop: Shop
afterEach(() => {
  expect(shop.violations()).toEqual([])
})

const START = '2026-04-01T00:00:00Z'

it('a schedule that starts now has an active subscription with a draft invoice (row 72)', async () => {
  shop = await openShop({}, START)
  const customer = await shop.customer()
  const small = await shop.price(3_000)
  const big = await shop.price(6_000)
  shop.news()
  const schedule = await shop.post('/v1/subscription_schedules', {
    customer,
    start_date: 'now',
    phases: [
      {
        items: [{ price: small, quantity: 1 }],
        duration: { interval: 'month', interval_count: 1 },
      },
      { items: [{ price: big }], duration: { interval: 'month', interval_count: 2 } },
    ],
  })
  expect(schedule.status).toBe('active')
  expect(schedule.phases.map((phase: { end_date: number }) => phase.end_date)).toEqual([
    at('2026-05-01T00:00:00Z'),
    at('2026-07-01T00:00:00Z'),
  ])
  expect(shop.news()).toEqual(
    expect.arrayContaining(['customer.subscription.created', 'subscription_schedule.created']),
  )
  const sub = await shop.subscription(schedule.subscription)
  expect([sub.status, sub.schedule]).toEqual(['active', schedule.id])
  expect((await shop.invoice(sub.latest_invoice)).status).toBe('draft')
  await shop.advance(0, 3_600)
  expect((await shop.invoice(sub.latest_invoice)).status).toBe('paid')
  await shop.advance(29)
  shop.news()
  await shop.advance(1)
  const next = await shop.subscription(sub.id)
  expect(next.items.data[0].price.id).toBe(big)
  const second = await shop.invoice(next.latest_invoice)
  expect([second.total, second.billing_reason]).toEqual([6_000, 'subscription_cycle'])
  const news = shop.news().filter((type) => /^(customer\.sub|subscription)/u.test(type))
  expect(news).toEqual(['subscription_schedule.updated', 'customer.subscription.updated'])
})

it('an ending schedule warns, completes and releases its subscription (row 73)', async () => {
  shop = await openShop({ scheduleExpiringDays: 7 }, START)
  const schedule = await shop.post('/v1/subscription_schedules', {
    customer: await shop.customer(),
    start_date: 'now',
    phases: [{ items: [{ price: await shop.price(3_000) }] }],
  })
  await shop.advance(22)
  expect(shop.news()).not.toContain('subscription_schedule.expiring')
  await shop.advance(1)
  expect(shop.news()).toContain('subscription_schedule.expiring')
  await shop.advance(7)
  const done = await shop.get(`/v1/subscription_schedules/${schedule.id}`)
  expect([done.status, done.completed_at]).toEqual(['completed', at('2026-05-01T00:00:00Z')])
  const sub = await shop.subscription(schedule.subscription)
  expect([sub.status, sub.schedule]).toEqual(['active', null])
  expect(sub.items.data[0].current_period_end).toBe(at('2026-06-01T00:00:00Z'))
})

it('with end_behavior cancel the subscription ends with the schedule', async () => {
  shop = await openShop({}, START)
  const schedule = await shop.post('/v1/subscription_schedules', {
    customer: await shop.customer(),
    start_date: 'now',
    end_behavior: 'cancel',
    phases: [{ items: [{ price: await shop.price(3_000) }], end_date: at('2026-04-20T00:00:00Z') }],
  })
  await shop.advance(19)
  expect((await shop.subscription(schedule.subscription)).status).toBe('canceled')
  expect((await shop.get(`/v1/subscription_schedules/${schedule.id}`)).status).toBe('completed')
})

it('a schedule of later starts then; canceled before, it never does', async () => {
  shop = await openShop({}, START)
  const customer = await shop.customer()
  const price = await shop.price(3_000)
  const later = (start: string) =>
    shop.post('/v1/subscription_schedules', {
      customer,
      start_date: at(start),
      phases: [{ items: [{ price }] }],
    })
  const one = await later('2026-04-05T00:00:00Z')
  const two = await later('2026-04-06T00:00:00Z')
  expect([one.status, one.subscription]).toEqual(['not_started', null])
  await shop.post(`/v1/subscription_schedules/${two.id}/cancel`)
  await shop.advance(10)
  const started = await shop.get(`/v1/subscription_schedules/${one.id}`)
  expect(started.status).toBe('active')
  const sub = await shop.subscription(started.subscription)
  expect(sub.start_date).toBe(at('2026-04-05T00:00:00Z'))
  expect((await shop.get(`/v1/subscription_schedules/${two.id}`)).status).toBe('canceled')
})

it('made from a subscription it takes over, can be given phases, and released again (row 70)', async () => {
  shop = await openShop({}, START)
  const customer = await shop.customer()
  const small = await shop.price(3_000)
  const big = await shop.price(6_000)
  const sub = await shop.subscribe(customer, small)
  shop.news()
  const schedule = await shop.post('/v1/subscription_schedules', { from_subscription: sub.id })
  expect(shop.news()).toEqual(['subscription_schedule.created', 'customer.subscription.updated'])
  const [phase] = schedule.phases
  await shop.post(`/v1/subscription_schedules/${schedule.id}`, {
    phases: [
      {
        items: [{ price: small, quantity: 1 }],
        start_date: phase.start_date,
        end_date: phase.end_date,
      },
      { items: [{ price: big, quantity: 1 }], duration: { interval: 'month' } },
    ],
  })
  expect(shop.news()).toEqual(['subscription_schedule.updated'])
  await shop.advance(30)
  expect((await shop.subscription(sub.id)).items.data[0].price.id).toBe(big)
  const released = await shop.post(`/v1/subscription_schedules/${schedule.id}/release`)
  expect([released.status, released.released_subscription, released.subscription]).toEqual([
    'released',
    sub.id,
    null,
  ])
  expect((await shop.subscription(sub.id)).schedule).toBe(null)
})

it('when nobody pays, the schedule is aborted with its subscription', async () => {
  shop = await openShop({}, START)
  const customer = await shop.customer()
  const schedule = await shop.post('/v1/subscription_schedules', {
    customer,
    start_date: 'now',
    phases: [
      {
        items: [{ price: await shop.price(3_000) }],
        duration: { interval: 'month', interval_count: 6 },
      },
    ],
  })
  await shop.advance(1)
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  await shop.advance(45)
  expect((await shop.subscription(schedule.subscription)).status).toBe('canceled')
  expect(shop.news()).toContain('subscription_schedule.aborted')
})

it('a quote is made, priced, finalised and accepted into a subscription with a draft invoice', async () => {
  shop = await openShop({}, START)
  const customer = await shop.customer()
  const price = await shop.price(3_000)
  const once = await shop.price(500, { recurring: undefined })
  const quote = await shop.post('/v1/quotes', {
    customer,
    line_items: [{ price, quantity: 2 }, { price: once }],
  })
  expect([quote.status, quote.amount_total, quote.computed.recurring.amount_total]).toEqual([
    'draft',
    6_500,
    6_000,
  ])
  await shop.post(`/v1/quotes/${quote.id}/finalize`)
  shop.news()
  const accepted = await shop.post(`/v1/quotes/${quote.id}/accept`)
  expect(shop.news().at(-1)).toBe('quote.accepted')
  const invoice = await shop.invoice(accepted.invoice)
  expect([invoice.status, invoice.total]).toEqual(['draft', 6_500])
  expect((await shop.subscription(accepted.subscription)).items.data[0].quantity).toBe(2)
  const lines = await shop.get(`/v1/quotes/${quote.id}/line_items`)
  expect(lines.data).toHaveLength(2)
  expect((await shop.refused(`/v1/quotes/${quote.id}/cancel`)).status).toBe(400)
})

it('a quote of one-time prices becomes an invoice; one not accepted in time is canceled', async () => {
  shop = await openShop({}, START)
  const customer = await shop.customer()
  const once = await shop.price(500, { recurring: undefined })
  const quote = await shop.post('/v1/quotes', { customer, line_items: [{ price: once }] })
  await shop.post(`/v1/quotes/${quote.id}/finalize`)
  const accepted = await shop.post(`/v1/quotes/${quote.id}/accept`)
  expect((await shop.invoice(accepted.invoice)).total).toBe(500)
  const late = await shop.post('/v1/quotes', { customer, line_items: [{ price: once }] })
  await shop.post(`/v1/quotes/${late.id}/finalize`)
  await shop.advance(31)
  expect((await shop.get(`/v1/quotes/${late.id}`)).status).toBe('canceled')
})
