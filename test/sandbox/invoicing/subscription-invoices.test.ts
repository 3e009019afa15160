import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { eventsOf, good, refused } from '../catalogue/judged.ts'
import { ok } from '../support/call.ts'
import { DAY, last, mark, SECONDS, shop } from './shop.ts'

async function monthly(sandbox: Sandbox, unit: number, currency = 'usd'): Promise<string> {
  const price = await good(sandbox, 'POST', '/v1/prices', {
    currency,
    unit_amount: unit,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
  })
  return price.id as string
}

async function subscribed(method = 'pm_card_visa', settings = {}, currency = 'usd') {
  const { sandbox, customer } = await shop(method, { settings })
  const price = await monthly(sandbox, 1_500, currency)
  const subscription = await ok(sandbox, 'POST', '/v1/subscriptions', {
    customer,
    items: [{ price }],
  })
  return { sandbox, customer, subscription, since: mark(sandbox) }
}

/** 28 February 2026, 12:00 UTC: a month after 31 January. */
const RENEWAL = SECONDS + 28 * DAY

describe('the invoices of a subscription', () => {
  it('bill the first period at once', async () => {
    const { sandbox, subscription } = await subscribed()
    const invoice = await good(sandbox, 'GET', `/v1/invoices/${subscription.latest_invoice}`)
    expect(invoice).toMatchObject({
      status: 'paid',
      amount_paid: 1_500,
      billing_reason: 'subscription_create',
      parent: { subscription_details: { subscription: subscription.id } },
    })
    expect(invoice.lines.data).toMatchObject([
      {
        period: { start: SECONDS, end: RENEWAL },
        parent: { type: 'subscription_item_details' },
        description: '1 × Pro (at $15.00 / month)',
      },
    ])
    const { data } = await good(sandbox, 'GET', '/v1/invoices', { subscription: subscription.id })
    expect(data).toHaveLength(1)
  })

  it('are announced a week before, without an id', async () => {
    const { sandbox, since } = await subscribed()
    await sandbox.advance({ days: 21 })
    expect(since()).toEqual(['invoice.upcoming'])
    const event = last(sandbox, 'invoice.upcoming')
    expect(event.created).toBe(RENEWAL - 7 * DAY)
    expect('id' in event.data.object).toBe(false)
    expect(event.data.object).toMatchObject({
      amount_due: 1_500,
      billing_reason: 'upcoming',
      next_payment_attempt: RENEWAL + 3_600,
      lines: { data: [{ period: { start: RENEWAL, end: Date.UTC(2026, 2, 31, 12) / 1_000 } }] },
    })
    await sandbox.advance({ days: 6 })
    expect(since()).toEqual([])
  })

  it('renew as a draft at the turn of the period and are paid an hour later', async () => {
    const { sandbox, since } = await subscribed()
    await sandbox.advance({ days: 28 })
    expect(since()).toEqual([
      'invoice.upcoming',
      'invoice.created',
      'customer.subscription.updated',
    ])
    await sandbox.advance({ hours: 1 })
    expect(since()).toEqual([
      'customer.updated',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ])
    await sandbox.advance({ days: 31 })
    expect(since()).toContain('invoice.upcoming')
    const { data } = await ok(sandbox, 'GET', '/v1/invoices')
    expect(data).toHaveLength(3)
  })

  it('that fail make it past due and, by the default, end it after the last retry', async () => {
    // Announcements have no id and the SDK's type wants one: none here, since all events are judged.
    const { sandbox, customer, subscription, since } = await subscribed('pm_card_visa', {
      upcomingDays: 60,
    })
    const { id } = await good(
      sandbox,
      'POST',
      '/v1/payment_methods/pm_card_chargeCustomerFail/attach',
      { customer },
    )
    await good(sandbox, 'POST', `/v1/customers/${customer}`, {
      invoice_settings: { default_payment_method: id },
    })
    await sandbox.advance({ days: 28, hours: 1 })
    expect(since().slice(-6)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.payment_failed',
      'invoice.updated',
      'customer.updated',
      'customer.subscription.updated',
    ])
    expect(last(sandbox, 'invoice.payment_failed').data.object).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: RENEWAL + 3_600 + DAY,
    })
    await sandbox.advance({ days: 14 })
    const end = await ok(sandbox, 'GET', `/v1/subscriptions/${subscription.id}`)
    expect(end).toMatchObject({ status: 'canceled' })
    expect(last(sandbox, 'invoice.payment_failed').data.object.next_payment_attempt).toBeNull()
    const open = await ok(sandbox, 'GET', `/v1/invoices/${end.latest_invoice}`)
    expect(open).toMatchObject({ status: 'open', auto_advance: false })
    // Still payable (row 64).
    const card = await good(sandbox, 'POST', '/v1/payment_methods/pm_card_visa/attach', {
      customer,
    })
    const paid = await good(sandbox, 'POST', `/v1/invoices/${open.id}/pay`, {
      payment_method: card.id,
    })
    expect(paid.status).toBe('paid')
    eventsOf(sandbox)
  })

  it.each([
    ['void' as const, 'void'],
    ['leave_open' as const, 'open'],
  ])('by a first bank debit that fails later: %s', async (firstDebitFailure, status) => {
    const { sandbox, subscription, since } = await subscribed(
      'pm_sepaDebit_failed_at',
      { firstDebitFailure },
      'eur',
    )
    await sandbox.advance({ days: 1 })
    expect(since().filter((type) => type.startsWith('invoice.'))).toEqual([
      'invoice.payment_failed',
      ...(firstDebitFailure === 'void' ? ['invoice.voided'] : []),
    ])
    const after = await ok(sandbox, 'GET', `/v1/subscriptions/${subscription.id}`)
    expect(after.status).toBe('active')
    expect((await ok(sandbox, 'GET', `/v1/invoices/${after.latest_invoice}`)).status).toBe(status)
  })
})

describe('a preview', () => {
  it('shows the next renewal, and makes nothing', async () => {
    const { sandbox, customer, subscription } = await subscribed()
    await good(sandbox, 'POST', '/v1/invoiceitems', { customer, currency: 'usd', amount: 300 })
    const before = [sandbox.world.table('invoice').size, sandbox.world.events.size]
    const preview = await good(sandbox, 'POST', '/v1/invoices/create_preview', {
      subscription: subscription.id,
    })
    expect(preview.id).toMatch(/^upcoming_in_/u)
    expect(preview).toMatchObject({ amount_due: 1_800, period_end: RENEWAL, status: 'draft' })
    expect([sandbox.world.table('invoice').size, sandbox.world.events.size]).toEqual(before)
  })

  it('shows what an upgrade would bill now, to the cent', async () => {
    const { sandbox, subscription } = await subscribed()
    const price = await monthly(sandbox, 3_000)
    await sandbox.advance({ days: 14 })
    const item = subscription.items.data[0].id
    const change = {
      items: [{ id: item, price }],
      proration_behavior: 'always_invoice',
    }
    const preview = await good(sandbox, 'POST', '/v1/invoices/create_preview', {
      subscription: subscription.id,
      subscription_details: change,
    })
    // Half of the period is left: 750 back, 1,500 on.
    expect(preview.amount_due).toBe(750)
    expect(preview.lines.data.map((line: { amount: number }) => line.amount).toSorted()).toEqual([
      -750, 1_500,
    ])
    await ok(sandbox, 'POST', `/v1/subscriptions/${subscription.id}`, change)
    expect(last(sandbox, 'invoice.paid').data.object.amount_paid).toBe(750)
    eventsOf(sandbox)
  })

  it('shows the first invoice of a subscription that does not exist yet', async () => {
    const { sandbox, customer } = await shop()
    const price = await monthly(sandbox, 1_500)
    await good(sandbox, 'POST', '/v1/coupons', { id: 'TEN', percent_off: 10 })
    const preview = await good(sandbox, 'POST', '/v1/invoices/create_preview', {
      customer,
      discounts: [{ coupon: 'TEN' }],
      subscription_details: { items: [{ price, quantity: 2 }] },
    })
    expect(preview).toMatchObject({ subtotal: 3_000, total: 2_700 })
    const coupon = await good(sandbox, 'GET', '/v1/coupons/TEN')
    expect(coupon.times_redeemed).toBe(0)
  })

  it('of nothing is refused', async () => {
    const { sandbox, customer } = await shop()
    const error = await refused(sandbox, 'POST', '/v1/invoices/create_preview', { customer })
    expect(error.code).toBe('invoice_upcoming_none')
  })
})
