import { afterEach, expect, it } from 'vitest'
import { at, openShop, type Shop } from './shop.ts'

let shop: Shop
afterEach(() => {
  expect(shop.violations()).toEqual([])
})

async function subscribed(more = {}, settings = {}) {
  shop = await openShop(settings, '2026-04-01T00:00:00Z')
  const customer = await shop.customer()
  const price = await shop.price(3_000)
  const sub = await shop.subscribe(customer, price, more)
  await shop.advance(10)
  shop.news()
  return { customer, price, sub, path: `/v1/subscriptions/${sub.id}` }
}

it('cancel at period end is asked for, withdrawn, asked for again and happens (rows 61 to 63)', async () => {
  const { sub, path } = await subscribed()
  const asked = await shop.post(path, { cancel_at_period_end: true })
  const end = sub.items.data[0].current_period_end
  expect([asked.status, asked.cancel_at_period_end, asked.cancel_at, asked.canceled_at]).toEqual([
    'active',
    true,
    end,
    at('2026-04-11T00:00:00Z'),
  ])
  const undone = await shop.post(path, { cancel_at_period_end: false })
  expect([undone.cancel_at, undone.canceled_at, undone.cancel_at_period_end]).toEqual([
    null,
    null,
    false,
  ])
  await shop.post(path, { cancel_at: 'max_period_end' })
  shop.news()
  await shop.advance(20)
  const gone = await shop.subscription(sub.id)
  expect([gone.status, gone.ended_at, gone.canceled_at]).toEqual([
    'canceled',
    end,
    at('2026-04-11T00:00:00Z'),
  ])
  expect(shop.news().filter((type) => type !== 'invoice.upcoming')).toEqual([
    'customer.subscription.deleted',
  ])
})

it('canceling now ends it and bills nothing (row 64)', async () => {
  const { path } = await subscribed()
  const gone = await shop.remove(path, { cancellation_details: { feedback: 'unused' } })
  expect([gone.status, gone.canceled_at, gone.ended_at]).toEqual([
    'canceled',
    at('2026-04-11T00:00:00Z'),
    at('2026-04-11T00:00:00Z'),
  ])
  expect(gone.cancellation_details).toEqual({
    comment: null,
    feedback: 'unused',
    feedback_option: null,
    reason: 'cancellation_requested',
  })
  expect(shop.news()).toEqual(['customer.subscription.deleted'])
})

it('canceling now with prorate and invoice_now credits the time left', async () => {
  const { customer, path } = await subscribed()
  await shop.remove(path, { prorate: 'true', invoice_now: 'true' })
  const { data } = await shop.get('/v1/invoices', { customer })
  expect(data[0].total).toBe(-2_000)
  await shop.advance(0, 3_600)
  expect((await shop.get(`/v1/customers/${customer}`)).balance).toBe(-2_000)
})

it('what is owed can still be paid after canceling, and brings nothing back (row 64)', async () => {
  const { customer, sub, path } = await subscribed()
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  await shop.advance(20, 3_600)
  const { latest_invoice: owed } = await shop.subscription(sub.id)
  await shop.remove(path)
  const left = await shop.invoice(owed)
  expect([left.status, left.auto_advance]).toEqual(['open', false])
  await shop.card(customer, 'pm_card_visa')
  await shop.post(`/v1/invoices/${owed}/pay`)
  expect((await shop.subscription(sub.id)).status).toBe('canceled')
})

it('a canceled subscription takes metadata and nothing else, and is canceled once', async () => {
  const { path } = await subscribed()
  await shop.remove(path)
  expect((await shop.post(path, { metadata: { why: 'x' } })).metadata).toEqual({ why: 'x' })
  expect((await shop.refused(path, { cancel_at_period_end: true })).status).toBe(400)
  expect((await shop.refused(`${path}/resume`)).body.error.type).toBe('invalid_request_error')
})

it('cancel_at ends it at that second, whatever period it is in', async () => {
  const { sub, path } = await subscribed()
  const end = at('2026-05-15T06:07:08Z')
  await shop.post(path, { cancel_at: end })
  await shop.advance(60)
  expect((await shop.subscription(sub.id)).ended_at).toBe(end)
})

it('deleting the customer cancels what it has (row 89)', async () => {
  const { customer, sub } = await subscribed()
  await shop.remove(`/v1/customers/${customer}`)
  expect((await shop.subscription(sub.id)).status).toBe('canceled')
  const news = shop.news()
  expect(news.indexOf('customer.subscription.deleted')).toBeLessThan(
    news.indexOf('customer.deleted'),
  )
})

it('the pause endpoint ends the periods now and credits them; resuming bills anew (rows 66, 68)', async () => {
  const { customer, sub, path } = await subscribed()
  const paused = await shop.post(`${path}/pause`)
  expect([paused.status, paused.items.data[0].current_period_end]).toEqual([
    'paused',
    at('2026-04-11T00:00:00Z'),
  ])
  expect(paused.status_details.paused.subscription.type).toBe('pause_requested')
  expect(shop.news().slice(-2)).toEqual([
    'customer.subscription.updated',
    'customer.subscription.paused',
  ])
  await shop.advance(60)
  expect((await shop.subscription(sub.id)).latest_invoice).toBe(sub.latest_invoice)
  const back = await shop.post(`${path}/resume`)
  await shop.post(`/v1/invoices/${back.latest_invoice}/pay`)
  expect((await shop.subscription(sub.id)).status).toBe('active')
  expect((await shop.invoice(back.latest_invoice)).total).toBe(3_000 - 2_000)
  await shop.card(customer, 'pm_card_visa')
})

it('a resumption that must be paid first stays paused until it is (row 69)', async () => {
  const { customer, sub, path } = await subscribed()
  await shop.post(`${path}/pause`, { bill_for: { unused_time_from: { type: 'none' } } })
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  const waiting = await shop.post(`${path}/resume`, {
    payment_behavior: 'resume_on_payment_success',
  })
  expect(waiting.status).toBe('paused')
  await shop.card(customer, 'pm_card_visa')
  await shop.post(`/v1/invoices/${waiting.latest_invoice}/pay`)
  expect((await shop.subscription(sub.id)).status).toBe('active')
  await shop.post(`${path}/pause`, { bill_for: { unused_time_from: { type: 'none' } } })
  await shop.card(customer, 'pm_card_chargeCustomerFail')
  const late = await shop.post(`${path}/resume`)
  expect(late.status).toBe('paused')
  await shop.refused(`/v1/invoices/${late.latest_invoice}/pay`)
  expect((await shop.subscription(sub.id)).status).toBe('past_due')
})

it('pausing is refused for classic mode, sent invoices and trials', async () => {
  const { path } = await subscribed({ billing_mode: { type: 'classic' } })
  expect((await shop.refused(`${path}/pause`)).status).toBe(400)
  const trial = await subscribed({ trial_period_days: 30 })
  expect((await shop.refused(`${trial.path}/pause`)).status).toBe(400)
})

it.each([
  ['keep_as_draft', 'draft'],
  ['void', 'void'],
  ['mark_uncollectible', 'uncollectible'],
] as const)(
  'a paused collection with %s leaves its invoices %s (row 65)',
  async (behavior, status) => {
    const { sub, path } = await subscribed()
    const held = await shop.post(path, {
      pause_collection: { behavior, resumes_at: at('2026-05-20T00:00:00Z') },
    })
    expect(held.status).toBe('active')
    await shop.advance(20, 7_200)
    const renewed = await shop.subscription(sub.id)
    expect(renewed.status).toBe('active')
    expect((await shop.invoice(renewed.latest_invoice)).status).toBe(status)
    await shop.advance(20)
    expect((await shop.subscription(sub.id)).pause_collection).toBe(null)
  },
)

it('a dispute cancels where the account is set so (row 78)', async () => {
  shop = await openShop({ cancelOnDispute: true })
  const sub = await shop.subscribe(
    await shop.customer('pm_card_createDispute'),
    await shop.price(1_500),
  )
  await shop.advance(0)
  const gone = await shop.subscription(sub.id)
  expect([gone.status, gone.cancellation_details.reason]).toEqual(['canceled', 'payment_disputed'])
})

it('cancel_at within the period credits what is after it; taken back, it is billed again', async () => {
  const { sub, path } = await subscribed()
  const cut = await shop.post(path, { cancel_at: at('2026-04-21T00:00:00Z') })
  expect(cut.items.data[0].current_period_end).toBe(at('2026-04-21T00:00:00Z'))
  const amounts = async () =>
    (await shop.get('/v1/invoiceitems', { customer: sub.customer })).data.map(
      ({ amount }: { amount: number }) => amount,
    )
  expect(await amounts()).toEqual([-1_000])
  const back = await shop.post(path, { cancel_at: '' })
  expect(back.items.data[0].current_period_end).toBe(at('2026-05-01T00:00:00Z'))
  expect(await amounts()).toEqual([1_000, -1_000])
})

it('lists leave out what is canceled, unless it is asked for', async () => {
  const { customer, price, sub, path } = await subscribed()
  const other = await shop.subscribe(customer, price)
  await shop.remove(path)
  const ids = async (params: object) =>
    (await shop.get('/v1/subscriptions', { customer, ...params })).data.map(
      ({ id }: { id: string }) => id,
    )
  expect(await ids({})).toEqual([other.id])
  expect(await ids({ status: 'all' })).toEqual([other.id, sub.id])
  expect(await ids({ status: 'ended' })).toEqual([sub.id])
  expect(await ids({ status: 'all', limit: 1 })).toEqual([other.id])
  expect(await ids({ price: 'price_other' })).toEqual([])
})
